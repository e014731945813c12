"""From the link that the server prints to the first kilowatt-hour, on the screen alone."""

from playwright.async_api import Page, expect

from onetime.kit.times import to_text
from onetime.operations.spots import add_spot
from tests.garage_makers import OWNER
from tests.garages import BOOT, STARTED, Station
from tests.ui.dialogs import looked_at
from tests.ui.garage import Screen

CARD = "04A1B2C3D4E5F6"
PASSWORD = "a pass phrase of an owner"


async def test_from_the_set_up_link_to_the_first_charge(screen: Screen) -> None:
    page = await screen.visitor()
    await become_owner(screen, page)
    await draw_three_spots(page)
    station = await let_in_who_knocks(screen, page)
    await place_it(page)
    await add_a_renter_with_a_card(page, station)
    now = to_text(screen.house.garage.clock.now())
    began = await station.call("StartTransaction", {**STARTED, "idTag": CARD, "timestamp": now})
    await station.call(
        "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
    )
    await page.get_by_role("link", name="Garage").first.click()
    await expect(page.get_by_role("link", name="B1-01: Charging")).to_be_visible()
    await station.call(
        "StopTransaction",
        {
            "transactionId": began["transactionId"],
            "meterStop": 8_200,
            "timestamp": to_text(screen.house.garage.clock.now()),
        },
    )

    # Where did Anna charge? Two clicks.
    await page.get_by_role("link", name="People and cards").click()
    await page.get_by_role("link", name="Anna Example").click()
    row = page.get_by_role("row").filter(has_text="B1-01")
    await expect(row).to_contain_text("7.20 kWh")


async def become_owner(screen: Screen, page: Page) -> None:
    await page.goto(f"{screen.address}/setup#{screen.house.setup_secret}")
    await page.get_by_label("E-mail address").fill("olga@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password again").fill(PASSWORD)
    await page.get_by_label("Name of the garage").fill("Lindenhof")
    await page.get_by_role("button", name="Make the account").click()


async def draw_three_spots(page: Page) -> None:
    await page.get_by_label("How many").fill("3")
    await page.get_by_role("button", name="Add 3 spots").click()
    await expect(page.get_by_text("Level -1: 3 spots")).to_be_visible()
    await page.get_by_role("link", name="See the garage").click()
    await expect(page.get_by_role("heading", name="Lindenhof")).to_be_visible()
    await expect(page.get_by_role("link", name="B1-02: No station")).to_be_visible()


async def let_in_who_knocks(screen: Screen, page: Page) -> Station:
    """An unknown station is shown, let in with one click, and connects with the key shown."""
    assert await screen.house.status("CP-1") == 401
    await page.get_by_role("button", name="Let it in").click()
    key = await page.locator("[data-value='Key (password)']").inner_text()
    assert await looked_at(screen, page, "components/Adopted") == []
    await page.get_by_role("button", name="I have noted the key").click()
    station = await screen.house.connect("CP-1", key.encode())
    await station.call("BootNotification", BOOT)
    await station.call(
        "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
    )
    return station


async def place_it(page: Page) -> None:
    await page.get_by_role("link", name="B1-01").click()
    await page.get_by_role("button", name="Place a station").click()
    await page.get_by_label("Station", exact=True).select_option("CP-1")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-state=Available]")).to_be_visible()


async def add_a_renter_with_a_card(page: Page, station: Station) -> None:
    """The number of the card is not typed: it is held to the reader."""
    await page.get_by_role("link", name="People and cards").click()
    await page.get_by_role("button", name="Add a renter").first.click()
    await page.get_by_label("Name").fill("Anna Example")
    await page.get_by_label("E-mail address").fill("anna@example.org")
    await page.get_by_role("dialog").get_by_label("Spot").select_option(label="B1-01")
    await page.get_by_role("dialog").get_by_role("button", name="Add a renter").click()
    await expect(page.get_by_role("heading", name="Anna Example")).to_be_visible()
    await page.locator("[data-step=card]").get_by_role("button", name="Issue a card").click()
    await page.get_by_role("button", name="Read a card").click()
    await expect(page.get_by_text("Hold the new card to any reader")).to_be_visible()
    await station.call("Authorize", {"idTag": CARD})
    # Readers differ in case, and cards are compared without regard to it.
    await expect(page.get_by_label("Card number")).to_have_value(CARD.lower())
    await page.get_by_role("dialog").get_by_role("button", name="Issue a card").click()
    await expect(page.get_by_role("cell", name=CARD)).to_be_visible()


async def test_whoever_sets_up_a_garage_that_is_drawn_sees_it(screen: Screen) -> None:
    await screen.perform(lambda tx: add_spot(tx, OWNER, "B1-01"))
    page = await screen.visitor()
    await become_owner(screen, page)

    await expect(page.get_by_role("link", name="B1-01: No station")).to_be_visible()
    await expect(page.get_by_role("heading", name="Lindenhof")).to_be_visible()


async def test_without_the_link_nobody_becomes_owner(screen: Screen) -> None:
    page = await screen.visitor()
    await page.goto(screen.address)
    await expect(page.get_by_text("Open the set-up link")).to_be_visible()

    await page.goto(f"{screen.address}/setup#not-the-secret")
    await page.reload()
    await page.get_by_label("E-mail address").fill("eve@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password again").fill(PASSWORD)
    await page.get_by_role("button", name="Make the account").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not count any more")


async def test_an_empty_garage_tries_a_demo_and_gets_rid_of_it(screen: Screen) -> None:
    page = await screen.signed_in()
    await page.get_by_role("button", name="Try a demo garage").click()
    await expect(page.get_by_role("link", name="DEMO-01: Offline")).to_be_visible()
    await expect(page.get_by_text("This is a demo garage")).to_be_visible()
    await page.get_by_role("link", name="Remove the demo").click()
    await page.get_by_role("button", name="Remove the demo").click()
    dialog = page.get_by_role("dialog", name="Remove the demo")
    await dialog.get_by_label("Type demo to confirm").fill("demo")
    await dialog.get_by_role("button", name="Remove the demo").click()
    await expect(page.get_by_text("This is a demo garage")).to_be_hidden()
    await page.get_by_role("link", name="Garage").first.click()
    await expect(page.get_by_text("No spots yet: draw your garage.")).to_be_visible()
