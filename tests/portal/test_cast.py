from cases.tables import Client
from portal.tenancy.database import transaction
from tests.people import Cast


async def test_a_negotiator_sees_the_clients_of_their_own_agency_only(cast: Cast) -> None:
    async with transaction(cast.negotiator.actor.scope, read_only=True):
        assert {row["id"] for row in await Client.select(Client.id)} == {cast.brandt.id, cast.lanting.id}


async def test_a_client_sees_itself_only(cast: Cast) -> None:
    async with transaction(cast.brandt_viewer.actor.scope, read_only=True):
        assert [row["id"] for row in await Client.select(Client.id)] == [cast.brandt.id]
