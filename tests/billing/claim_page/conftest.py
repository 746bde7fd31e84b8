from tests.cases.claim_page.conftest import delivered, letterbox

__all__ = ["delivered", "letterbox"]
