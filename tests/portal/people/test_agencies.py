"""What the operator's commands do: found an agency, add people, see names and no data."""

from uuid import uuid4

import asyncpg
import pytest

from portal.errors import NotFound, Refused
from portal.people.agencies import OPERATOR, add_agency, list_agencies
from portal.people.users import add_user
from portal.tenancy.database import as_job, sql, sql_value, transaction
from tests.people import Cast, Visit
from tests.portal.people.conftest import NEW_PASSWORD, is_in, log_in


def slug() -> str:
    return f"agency-{uuid4().hex[:12]}"


async def test_an_agency_is_founded_and_its_owner_signs_in(visit: Visit, owner: asyncpg.Connection) -> None:
    made = await add_agency(
        slug=slug(), name="Alpen Inkasso", language="en", time_zone="Europe/Vienna", base_currency="EUR"
    )
    assert made in await list_agencies()
    assert await owner.fetchval("select action from audit_events where agency_id = $1", made.id) == "agency.founded"
    added = await add_user(
        agency=made.slug, role="owner", email=f"anna@{made.slug}.example", name="Anna Alpen", password=NEW_PASSWORD
    )
    assert added.invitation is None
    client = await visit()
    await log_in(client, f"anna@{made.slug}.example", NEW_PASSWORD)
    assert await is_in(client)


async def test_without_a_password_a_link_is_made_by_which_they_choose_one(visit: Visit, cast: Cast) -> None:
    email = f"bert-{uuid4().hex[:8]}@example.com"
    added = await add_user(
        agency=cast.nordkai.slug, client=str(cast.brandt.id), role="viewer", email=email, name="Bert"
    )
    assert added.invitation is not None
    client = await visit()
    assert (await client.post(added.invitation, data={"name": "Bert", "password": NEW_PASSWORD})).status_code == 303


async def test_what_does_not_fit_is_refused(cast: Cast) -> None:
    right = {"slug": slug(), "name": "X", "language": "en", "time_zone": "UTC", "base_currency": "EUR"}
    for wrong in (
        {"slug": cast.nordkai.slug},
        {"slug": "Not A Slug"},
        {"language": "fr"},
        {"time_zone": "Mars/Olympus"},
        {"base_currency": "XYZ"},
        {"name": " "},
    ):
        with pytest.raises(Refused):
            await add_agency(**{**right, **wrong})
    person = {"agency": cast.nordkai.slug, "email": "x@example.com", "name": "X", "password": NEW_PASSWORD}
    with pytest.raises(Refused):
        await add_user(role="admin", **person)
    with pytest.raises(NotFound):
        await add_user(role="admin", client=str(cast.mingda.id), **person)
    with pytest.raises(NotFound):
        await add_user(role="owner", **{**person, "agency": "no-such-agency"})
    with pytest.raises(Refused):
        await add_user(role="owner", **{**person, "email": cast.owner.email})


async def test_the_operator_sees_no_agencys_rows_and_no_agency_founds_another(cast: Cast) -> None:
    async with transaction(OPERATOR):
        for table in ("agencies", "memberships", "users", "clients", "cases", "audit_events"):
            assert await sql_value(f"select count(*) from {table}") == 0
        assert len(await sql("select * from all_agencies()")) >= 2
    async with transaction(as_job(cast.nordkai.id)):
        assert await sql("select * from all_agencies()") == []
        assert await sql_value("select agency_of_client($1)", cast.mingda.id) is None
    for call in (
        "select found_agency('x-y', 'X', 'en', 'UTC', 'EUR', false, now())",
        "select add_person('x@y.example', 'X', null, 'en', 'UTC', now())",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(cast.owner.actor.scope):
                await sql(call)


async def test_secrets_of_users_cannot_be_read_by_the_application(cast: Cast) -> None:
    for column in ("password_hash", "totp_secret", "recovery_hashes"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(cast.owner.actor.scope):
                await sql(f"select {column} from users")
