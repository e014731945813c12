"""What an owner sees of the system itself: settings, health, a backup; and of a doubtful charge."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from onetime.domain.accounts import Role
from onetime.domain.ids import StationId
from onetime.domain.reviews import ReviewKind
from onetime.kit.times import to_text
from onetime.operations.authorization import note_unknown_tag
from onetime.operations.presence import note_takeover
from onetime.store import backup, reviews
from tests.garages import STARTED
from tests.ui.dialogs import looked_at
from tests.ui.garage import Screen
from tests.ui.test_journeys import CARD, arrive, furnished

FLOWED = reviews.Finding(
    kind=ReviewKind.UNASSIGNED_ENERGY,
    key="1",
    evidence="12.345 kWh flowed at station CP-1, connector 1, after session 1 had ended: the meter"
    " went from 1.000 kWh to 13.345 kWh.",
    station_id=StationId("CP-1"),
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(shared_screen: Screen) -> AsyncIterator[Page]:
    """The owner's page."""
    await shared_screen.perform(furnished)
    yield await shared_screen.signed_in(Role.OWNER)


async def test_every_setting_is_shown_with_its_meaning(shared_screen: Screen, page: Page) -> None:
    await shared_screen.open(page, "/system?part=settings")
    row = page.get_by_role("row").filter(has_text="HEARTBEAT_INTERVAL_SECONDS")
    await expect(row).to_contain_text("120")
    await expect(row).to_contain_text("How often a station is asked to show that it is alive.")
    await page.get_by_label("Search", exact=True).last.fill("retention")
    await expect(page.get_by_role("row")).to_have_count(3)


async def test_plain_http_says_that_it_is(shared_screen: Screen, page: Page) -> None:
    await shared_screen.open(page, "/system?part=about")
    await expect(page.get_by_text("This page comes without encryption (http)")).to_be_visible()


async def test_a_backup_is_downloaded_and_can_be_restored(
    shared_screen: Screen, page: Page, tmp_path: Path
) -> None:
    await shared_screen.open(page, "/system?part=health")
    await expect(page.get_by_text("The central system is ready.")).to_be_visible()
    await expect(page.get_by_text("None was taken here yet.")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Make a backup").click()
    kept = tmp_path / (await coming.value).suggested_filename
    await (await coming.value).save_as(kept)
    assert kept.suffix == ".db"
    await asyncio.to_thread(backup.verify, shared_screen.house.archive.database.url, kept)
    await expect(page.get_by_text("Last taken here")).to_be_visible()


async def test_a_charge_that_never_ended_is_closed_with_a_reason_and_says_what_is_estimated(
    shared_screen: Screen, page: Page
) -> None:
    station = await arrive(shared_screen)
    began = shared_screen.house.garage.clock.now() - timedelta(minutes=50)
    opened = await station.call(
        "StartTransaction", {**STARTED, "idTag": CARD, "timestamp": to_text(began)}
    )
    value = {"value": "2500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    for stated in (to_text(began + timedelta(minutes=20)), "1999-01-01T00:00:00Z"):
        await station.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": opened["transactionId"],
                "meterValue": [{"timestamp": stated, "sampledValue": [value]}],
            },
        )
    await shared_screen.open(page, "/sessions/1")
    corrected = page.get_by_role("row").filter(has_text="time corrected; told: 1 Jan 1999")
    await expect(corrected).to_have_count(1)
    await expect(page.get_by_role("cell", name="as told", exact=True)).to_have_count(1)

    await page.get_by_role("button", name="Close by hand").click()
    dialog = page.get_by_role("dialog", name="Close by hand")
    await expect(dialog.get_by_role("button", name="Close by hand")).to_be_disabled()
    assert await looked_at(shared_screen, page, "pages/Session") == []
    await dialog.get_by_label("Reason").fill("the station was replaced")
    await dialog.get_by_role("button", name="Close by hand").click()
    ended = page.locator("dl div").filter(has_text="Meter at the end")
    await expect(ended).to_contain_text("2,500")
    await expect(ended.locator(".pill")).to_have_text("entered by hand")
    began_at = page.locator("dl div").filter(has_text="Meter at the start")
    await expect(began_at.locator(".pill")).to_have_count(0)
    await expect(page.locator(".large .pill")).to_have_text("entered by hand")
    await expect(page.get_by_text("the station was replaced")).to_be_visible()


async def test_a_protocol_is_printed_on_one_light_page(shared_screen: Screen, page: Page) -> None:
    await shared_screen.open(page, "/commissioning")
    await page.get_by_role("button", name="Begin").click()
    await expect(page.locator("[data-step=connected]")).to_be_visible()
    await page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("Commissioning protocol")).to_be_visible()
    await expect(page.get_by_text("Signature")).to_be_visible()
    await expect(page.get_by_role("navigation").first).to_be_hidden()
    await expect(page.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("of 10 steps")).to_be_visible()
    fill = "getComputedStyle(document.querySelector('section.card')).backgroundColor"
    assert await page.evaluate(fill) == "rgb(255, 255, 255)"
    printed = await page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") == 1


async def test_a_token_of_a_program_is_taken_back_after_a_question(
    shared_screen: Screen, page: Page
) -> None:
    await page.emulate_media(media="screen")
    await shared_screen.open(page, "/system?part=tokens")
    await page.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog", name="Make a token")
    await dialog.get_by_label("Name").fill("home automation")
    await dialog.get_by_role("button", name="Make a token").click()
    await dialog.get_by_role("button", name="I have noted the key").click()
    row = page.get_by_role("row").filter(has_text="home automation")
    await row.get_by_role("button", name="Take back").click()
    question = page.get_by_role("dialog", name="Take back")
    await expect(question).to_contain_text("home automation")
    await question.get_by_role("button", name="Take back").click()
    await expect(row).to_contain_text("Taken back")


async def test_what_the_server_says_is_told_in_the_language_of_the_reader(
    shared_screen: Screen, page: Page
) -> None:
    await shared_screen.perform(note_takeover, StationId("CP-1"), "10.0.0.7")
    await shared_screen.perform(note_unknown_tag, StationId("CP-1"), "04FFEEDDCC")
    await shared_screen.perform(reviews.open_review, FLOWED)
    await shared_screen.show(page, "/review")
    await expect(page.get_by_text("two devices share its identity")).to_be_visible()

    await page.get_by_label("Language").select_option("de")
    alarm = page.get_by_text(
        "Zwei Geräte teilen sich ihre Kennung, oder ihre Leitung ist instabil."
    )
    await expect(alarm).to_be_visible()
    await shared_screen.show(page, "/review?part=findings")
    finding = page.locator("section").filter(
        has_text="An eine Station wurde eine Karte gehalten, die niemand bekommen hat."
    )
    await expect(finding).to_contain_text("wurde an Station CP-1 gehalten.")
    await expect(finding).to_contain_text("Geben Sie die Karte aus, wenn Sie wissen, wem sie")
    await expect(page.get_by_text("12,345\u202fkWh flossen an Station CP-1")).to_contain_text(
        "nach dem Ende von Ladung 1"
    )
    assert await page.locator("main [lang=en]").count() == 0

    await shared_screen.show(page, "/system?part=settings")
    row = page.get_by_role("row").filter(has_text="HEARTBEAT_INTERVAL_SECONDS")
    await expect(row).to_contain_text("Wie oft eine Station zeigen soll, dass sie lebt.")
    assert await page.locator("main [lang=en]").count() == 0

    await shared_screen.show(page, "/stations/CP-1")
    trouble = page.locator("[data-trouble=takeovers]")
    await expect(trouble).to_contain_text("lösen einander immer wieder ab, zuletzt von 10.0.0.7")
    await expect(trouble).to_contain_text("Suchen Sie das zweite Gerät mit dieser Kennung")

    await shared_screen.show(page, "/people?part=spots&new=1")
    await page.get_by_role("button", name="Platz hinzufügen").click()
    dialog = page.get_by_role("dialog", name="Platz hinzufügen")
    await dialog.get_by_label("Bezeichnung").fill("B1-01")
    await dialog.get_by_role("button", name="Speichern").click()
    told = dialog.get_by_text("Einen Platz B1-01 gibt es schon.")
    await expect(told).to_have_count(2)  # over the form and at its field
