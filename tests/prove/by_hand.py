"""Every form of every page, used in a browser that runs no script.

A step makes one change and sees it after the page is loaded anew. Steps stand in the order in which
they are taken: each finds what those before it have left. A form that no step uses fails the proof.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from library.services.numbering import MappingRange
from tests.catalogues import definition
from tests.catalogues.server import served
from tests.product import wait_until
from tests.prove.furnished import SHOWN, SPLIT
from tests.prove.walk import PASSWORD, Walk
from tests.telling_server import KEY, media_server

NEWER = f"{PASSWORD}-anew"
CALM = 10  # seconds that a site takes to answer while a scan is to be cancelled
WAITING, FAILED = "[aria-labelledby=pending-title]", "[aria-labelledby=failed-title]"


@dataclass
class Hand:
    """Who uses the pages: goes somewhere, presses something, sees what has become of it."""

    walk: Walk
    page: Page
    work: Path

    def go(self, path: str) -> None:
        self.page.goto(self.walk.address(path))

    def button(self, name: str, within: str = "main", *, exact: bool = True) -> Locator:
        return self.page.locator(within).get_by_role("button", name=name, exact=exact).first

    def press(self, name: str, within: str = "main", *, exact: bool = True) -> None:
        self.button(name, within, exact=exact).click()

    def opens(self, what: str) -> None:
        """Of a menu, by its head."""
        self.page.locator(f"{what} > summary").click()

    def sees(self, words: str, within: str = "main") -> None:
        expect(self.page.locator(within)).to_contain_text(words)

    def misses(self, words: str, within: str = "main") -> None:
        expect(self.page.locator(within)).not_to_contain_text(words)

    def is_told(self, words: str) -> None:
        expect(self.page.locator("toast-stack")).to_contain_text(words)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.walk.product.api(method, path, body)

    def waits_for(self, what: str, path: str) -> None:
        """Load a page anew until something is on it."""

        def is_there() -> bool:
            self.go(path)
            return self.page.locator(what).count() > 0

        wait_until(is_there, seconds=60, what=what)

    def saves(self, path: str, label: str, value: str) -> None:
        """Type a value, save it, and see it when the page is loaded anew."""
        self.go(path)
        self.page.get_by_label(label).first.fill(value)
        self.press("Save")
        self.is_told("Saved.")
        self.go(path)
        expect(self.page.get_by_label(label).first).to_have_value(value)


Do = Callable[[Hand], None]
STEPS: list[tuple[tuple[str, ...], Do]] = []


def step(*names: str) -> Callable[[Do], Do]:
    """Of the forms that lead to the routes of these names."""

    def add(do: Do) -> Do:
        STEPS.append((names, do))
        return do

    return add


# --- the schedule


@step("job")
def sets_when_a_job_runs(hand: Hand) -> None:
    hand.go("/jobs/refresh")
    when = hand.page.locator("input[name=when]")
    when.fill("täglich um 4")
    hand.press("Show the next times")
    hand.sees("It would come")
    hand.page.locator("input[name=enabled]").check()
    hand.press("Save")
    hand.go("/jobs/refresh")
    expect(when).to_have_value("täglich um 4")


@step("job-pause", "job-resume")
def pauses_a_job_and_lets_it_go_on(hand: Hand) -> None:
    hand.go("/jobs/session_cleanup")
    hand.press("Pause", exact=False)
    hand.go("/jobs/session_cleanup")
    hand.sees("It is paused.")
    hand.press("Go on", exact=False)
    hand.go("/jobs/session_cleanup")
    hand.misses("It is paused.")


@step("job-run")
def asks_for_a_job(hand: Hand) -> None:
    """No worker runs here that would begin it."""
    hand.go("/jobs")
    hand.press("Run now", "#session_cleanup", exact=False)
    hand.go("/jobs")
    hand.sees("It waits for a scheduler", "#session_cleanup")


# --- the queue


def _from_menu(hand: Hand, code: str, name: str) -> None:
    """Press a button in the menu of an item of the queue."""
    line = hand.page.locator(f"{WAITING} .queue-line", has_text=code)
    line.locator(".queue-menu summary").click()
    line.get_by_role("button", name=name, exact=True).click()


@step("queue-move")
def moves_an_item(hand: Hand) -> None:
    hand.go("/queue")
    rows = hand.page.locator(f"{WAITING} .queue-line")
    code = re.findall(r"S\d+E\d+", rows.nth(1).inner_text())[0]
    _from_menu(hand, code, "Move up")
    hand.go("/queue")
    expect(rows.first).to_contain_text(code)


@step("queue-hold", "queue-release")
def holds_and_releases(hand: Hand) -> None:
    hand.go("/queue")
    _from_menu(hand, "S01E31", "Hold")
    _from_menu(hand, "S01E34", "Release")
    hand.go("/queue")
    line = hand.page.locator(f"{WAITING} .queue-line", has_text="S01E31")
    expect(line).to_contain_text("On hold")
    hand.sees("S01E34", WAITING)


@step("queue-selected")
def acts_on_what_is_ticked(hand: Hand) -> None:
    hand.go("/queue")
    hand.page.get_by_label("Select Mondlaterne S01E34").check()
    hand.press("To the top", "#waiting-bar")
    hand.is_told("1 episode is next now.")
    hand.go("/queue")
    expect(hand.page.locator(f"{WAITING} .queue-line").first).to_contain_text("S01E34")
    hand.press("Hold", "#waiting-bar")
    hand.is_told("Nothing is ticked.")


@step("queue-remove")
def removes_an_item(hand: Hand) -> None:
    hand.go("/queue")
    _from_menu(hand, "S01E33", "Remove")
    hand.go("/queue")
    hand.misses("S01E33")


@step("queue-clear-waiting")
def takes_out_all_that_waits_and_brings_it_back(hand: Hand) -> None:
    hand.go("/queue")
    hand.page.locator("#clear-waiting-menu > summary").click()
    hand.press("Yes, take all out")
    hand.go("/queue")
    hand.sees("Nothing waits.", WAITING)
    hand.go("/journal")
    hand.press("Undo", exact=False)
    hand.go("/queue")
    hand.sees("S01E34", WAITING)


@step("queue-retry", "queue-take", "queue-discard")
def looks_after_what_failed(hand: Hand) -> None:
    hand.go("/queue")
    hand.press("Retry S01E39", FAILED)
    hand.press("Take it anyway: S01E37")
    hand.press("Discard it: S01E38")
    hand.go("/queue")
    hand.sees("S01E39", WAITING)
    hand.sees("Is moved into the library as it is", WAITING)
    expect(hand.button("Discard it: S01E38")).to_have_count(0)


@step("queue-clear", "journal-undo", "queue-retry-all")
def clears_takes_that_back_and_retries(hand: Hand) -> None:
    hand.go("/queue")
    hand.press("Clear", FAILED)
    hand.go("/queue")
    expect(hand.page.locator(FAILED)).to_have_count(0)
    hand.go("/journal")
    hand.press("Undo", exact=False)
    hand.go("/journal")
    hand.sees("undone")
    hand.go("/queue")
    hand.press("Retry all")
    hand.go("/queue")
    hand.sees("S01E40", WAITING)


@step("queue-control")
def starts_pauses_and_stops(hand: Hand) -> None:
    hand.go("/queue")
    for name, becomes in (
        *(("Only the next", "stops after 1 more"), ("Stop", "Stopped"), ("Start", "Running")),
        *(("Pause", "Paused"), ("Resume", "Running"), ("Stop", "Stopped")),
    ):
        hand.press(name)
        hand.go("/queue")
        hand.sees(becomes, "[aria-labelledby=queue-title]")


@step("queue-lift-hold")
def asks_a_host_at_once(hand: Hand) -> None:
    hand.go("/queue")
    hand.press("Ask at once")
    hand.is_told("may be asked again at once")
    hand.go("/queue")
    expect(hand.page.get_by_role("button", name="Ask at once")).to_have_count(1)


@step("queue-end-rest")
def asks_a_site_that_refused_at_once(hand: Hand) -> None:
    """Where the pages of a site want a check in the browser, its episodes wait for the owner."""
    hand.walk.world.fail("ddos_guard", side="catalogue", path="/anime/*")
    hand.go(f"/series/{SHOWN}")
    hand.press("Refresh")
    hand.go("/queue")
    hand.sees("lets nobody in from here")
    hand.walk.world.mend_all()
    hand.press("Have it asked again")
    hand.is_told("may be asked again at once")


# --- a series


@step("series-queue")
def queues_an_episode(hand: Hand) -> None:
    hand.go(f"/series/{SHOWN}")
    hand.page.get_by_label("Select S02E05").check()
    hand.press("Add to queue")
    hand.go("/queue")
    hand.sees("S02E05", WAITING)


@step("series-refresh", "series-monitor")
def refreshes_and_stops_monitoring(hand: Hand) -> None:
    hand.go(f"/series/{SHOWN}")
    hand.press("Refresh")
    hand.is_told("is up to date")
    hand.opens("#series-menu")
    hand.press("Stop monitoring")
    hand.go(f"/series/{SHOWN}")
    hand.sees("Not monitored")
    hand.opens("#series-menu")
    hand.press("Start monitoring")
    hand.go(f"/series/{SHOWN}")
    hand.misses("Not monitored")


@step("series-preferences")
def prefers_a_language(hand: Hand) -> None:
    path = f"/series/{SHOWN}?tab=preferences"
    hand.go(path)
    first = hand.page.get_by_label("Languages, choice 1")
    first.select_option("German Sub")
    hand.press("Save")
    hand.is_told("Saved.")
    hand.go(path)
    expect(first).to_have_value("German Sub")
    first.select_option("")
    hand.press("Save")


@step("series-numbers")
def says_what_new_numbers_mean(hand: Hand) -> None:
    """Two episodes that are there have changed places at the site, or their titles have."""
    world, key = hand.walk.world, "93"
    one, other = sorted(
        (episode for episode in world.truth()[key] if episode.season == 1),
        key=lambda episode: episode.number,
    )[:2]
    for episode, said in ((one, other), (other, one)):
        swapped = replace(episode, title=said.title, original_title=said.original_title)
        world.put_episode(key, swapped)
    hand.go(f"/series/{key}")
    hand.press("Refresh")
    hand.go(f"/series/{key}")
    hand.page.get_by_role("link", name="Look at the problem").click()
    hand.sees("The catalogue has other numbers")
    hand.press("Same numbers, only other titles")
    hand.is_told("is taken over")


@step("series-mapping")
def numbers_its_own_way(hand: Hand) -> None:
    path = f"/series/{SHOWN}/mapping"
    hand.go(path)
    for field in hand.page.locator(".ranges--edited input").all()[1:]:
        field.fill("99")
    hand.press("Preview")
    hand.sees("No file would be another episode.")
    hand.press("Save the ranges")
    hand.go(path)
    hand.press("Remove absolute", exact=False)
    hand.go(path)
    hand.sees("The numbers in the names count as they are.")


@step("series-numbering-apply", "series-numbering-dismiss")
def takes_a_suggested_numbering(hand: Hand) -> None:
    """Two files go on counting where the catalogue has another season."""
    _furnished(hand, "split")
    hand.go("/numbering")
    hand.sees("2 files stand for no listed episode.")
    hand.press("Dismiss")
    hand.go("/numbering")
    hand.sees("No numbering is likely enough")
    entry = hand.api("GET", "journal?action=series.numbers_dismissed")["results"][0]
    hand.api("POST", f"journal/{entry['id']}/undo")
    hand.go(f"/series/{SPLIT}/mapping")
    hand.press("Apply")
    hand.is_told("has the suggested numbering")
    hand.go("/numbering")
    hand.misses("Split")
    _furnished(hand, "unsplit")


@step("numbering-import")
def takes_in_a_file_of_numberings(hand: Hand) -> None:
    ranges = [dict.fromkeys(MappingRange.__annotations__, 99) | {"provider_season": None}]
    said = [{"site": "aniworld", "key": SHOWN, "mapping": ranges}]
    file = hand.work / "numberings.json"
    file.write_text(json.dumps(said))
    hand.go("/numbering/import")
    hand.page.get_by_label("File of numberings").set_input_files(file)
    hand.press("Show what it changes")
    hand.press("Take over what is ticked")
    hand.is_told("has its numbering")
    hand.go(f"/series/{SHOWN}/mapping")
    hand.press("Remove season 99", exact=False)


def _furnished(hand: Hand, what: str) -> None:
    done = hand.walk.product.manage(
        "shell", "-c", f"from tests.prove import furnished as f; f.{what}()"
    )
    assert done.returncode == 0, done.stderr


@step("series-tie", "series-tie-change")
def ties_it_to_another(hand: Hand) -> None:
    path = f"/series/{SHOWN}/sites"
    hand.go(path)
    hand.page.get_by_label("Look for").fill("Kupferfuchs")
    hand.press("Search")
    hand.press("Compare", "#search li", exact=False)
    hand.press("It is the same: tie it")
    hand.is_told("as well now")
    hand.press("Take", exact=False)
    hand.is_told("That tie is taken back.")


@step("episode-own-link-page")
def gives_an_episode_a_link(hand: Hand) -> None:
    path = f"/series/{SHOWN}/episodes/1/1/link"
    hand.go(path)
    hand.page.get_by_label("Address").fill("https://media.example/film.mp4")
    hand.page.get_by_label("Queue it at once").uncheck()
    hand.press("Save")
    hand.is_told("It comes from your link now.")
    hand.go(path)
    hand.press("Take the link back")
    hand.is_told("The sites are asked for it again.")


@step("undo-newest", "redo-newest")
def takes_back_what_was_done_last(hand: Hand) -> None:
    hand.go(f"/series/{SHOWN}")
    hand.press("Remove")
    hand.press("Remove")
    hand.go("/journal/own")
    hand.page.locator("#undo-last").click()
    hand.is_told("is back in the library")
    hand.page.locator("#redo-last").click()
    hand.go("/journal/own")
    hand.page.locator("#undo-last").click()
    hand.go(f"/series/{SHOWN}")
    expect(hand.button("Remove")).to_be_visible()


@step("series-remove", "series-restore")
def takes_a_series_out_and_in(hand: Hand) -> None:
    hand.go(f"/series/{SHOWN}")
    hand.opens("#series-menu")
    hand.press("Remove")
    hand.press("Remove")  # it was asked for that
    hand.go(f"/series/{SHOWN}")
    hand.press("Restore to the library")
    hand.go(f"/series/{SHOWN}")
    hand.opens("#series-menu")
    expect(hand.button("Remove")).to_be_visible()


@step("series-unmatch", "unmatched-match", "unmatched-confirm")
def says_which_series_folders_are(hand: Hand) -> None:
    hand.go("/series/kupferfuchs")
    hand.opens("#series-menu")
    hand.press("Wrong series")
    hand.press("Wrong series")  # it was asked for that
    hand.press("This one", "li.folder:has-text('Kupferfuchs')", exact=False)
    hand.is_told("belongs to Kupferfuchs now")
    hand.go("/unmatched")
    hand.page.get_by_role("checkbox").first.check()
    hand.press("Confirm the ticked ones")
    hand.is_told("1 folder matched")
    hand.go("/unmatched")
    expect(hand.page.get_by_role("checkbox")).to_have_count(0)


@step("unmatched-ignore", "unmatched-heed", "unmatched-ask")
def ignores_a_folder_and_asks_for_it_again(hand: Hand) -> None:
    hand.go("/series/kupferfuchs")
    hand.opens("#series-menu")
    hand.press("Wrong series")
    hand.press("Wrong series")  # it was asked for that
    hand.go("/unmatched")
    hand.page.locator("li.folder summary:has-text('No catalogue has it')").first.click()
    hand.press("Ignore", "li.folder", exact=False)
    hand.is_told("is ignored")
    hand.go("/unmatched?show=ignored")
    hand.press("Ignore no more", "li.folder", exact=False)
    hand.is_told("is ignored no more")
    hand.go("/unmatched")
    hand.press("Ask the sites for all")
    hand.is_told("The sites are asked")
    hand.waits_for("main:not(:has(#scan-cancel))", "/")


@step("unmatched-keep", "series-catalogue")
def keeps_a_folder_as_a_series_and_ties_it(hand: Hand) -> None:
    hand.go("/unmatched")
    folder = "li.folder:has-text('Kupferfuchs')"
    hand.page.locator(f"{folder} summary:has-text('No catalogue has it')").click()
    hand.press("Keep as a series of its own", folder)
    hand.sees("This series has no catalogue")
    hand.page.get_by_role("link", name="Tie to a catalogue").click()
    hand.page.get_by_label("Name or link").fill("Geisterclub")
    hand.press("Search")
    hand.press("This one", "ul.candidates", exact=False)
    hand.is_told("has the catalogue of the site now")
    hand.go(f"{urlsplit(hand.page.url).path}/catalogue")
    hand.press("Keep it without a catalogue")
    hand.is_told("has no catalogue any more")


# --- the library


@step("series-bulk", "queue-missing")
def changes_what_is_ticked(hand: Hand) -> None:
    for name, becomes in (("Stop monitoring", "1 series changed"), ("Queue missing", "queued")):
        hand.go("/?view=table")
        hand.page.get_by_label("Select Mondlaterne").check()
        hand.press(name)
        hand.is_told(becomes)
    hand.go(f"/series/{SHOWN}")
    hand.sees("Not monitored")


@step("add")
def adds_a_series(hand: Hand) -> None:
    hand.go("/add?q=Geisterclub")
    button = hand.page.get_by_role("button", name="Add ").first
    name = (button.get_attribute("aria-label") or "").removeprefix("Add ")
    button.click()
    hand.go("/?view=table")
    hand.sees(name)


@step("catalogue-details")
def reads_more_of_a_series_at_a_site(hand: Hand) -> None:
    hand.go("/add?q=Geisterclub")
    hand.button("Read more", exact=False).click()
    hand.is_told("was read.")
    hand.go("/add?q=Geisterclub")
    expect(hand.page.locator(".hit img").first).to_be_visible()


@step("scan-start", "scan-cancel")
def scans_and_cancels(hand: Hand) -> None:
    new = hand.walk.truth.root / "Not seen yet" / "Not seen yet - S01E01.mkv"
    new.parent.mkdir()
    new.write_bytes(b"film")
    with hand.walk.world.failing("delay", {"seconds": CALM}):
        hand.go("/")
        hand.press("Scan")
        hand.press("Cancel")
        hand.go("/")
        ending = re.compile("Ending after this folder|The last scan was cancelled")
        expect(hand.page.locator("#scan")).to_contain_text(ending)
    wait_until(
        lambda: hand.api("GET", "v1/anime/rescan/status")["state"] != "RUNNING",
        seconds=60,
        what="the end of the scan",
    )


@step("rename-cancel")
def cancels_a_renaming(hand: Hand) -> None:
    hand.go("/library/rename")
    hand.page.locator("#rename-start").click()
    with hand.walk.product.held("renamefiles"):
        hand.go("/library/rename")
        hand.press("Cancel")
        hand.go("/library/rename")
        expect(hand.button("Ending after this file")).to_be_disabled()
    hand.waits_for("#rename-result", "/library/rename")
    hand.sees("The renaming was cancelled.")


@step("series-rename", "library-rename")
def renames_files(hand: Hand) -> None:
    """One series, then all of them; a browser without script is to load the page anew."""
    hand.go("/library/rename")
    hand.page.locator("main h2 a").first.click()
    hand.page.locator("#rename-start").click()
    hand.waits_for("#rename-result", "/library/rename")
    hand.page.locator("#rename-start").click()
    hand.waits_for("#rename-result", "/library/rename")
    hand.sees("no season or episode number in the name")  # the one file that keeps its name


@step("missing-queue")
def queues_what_is_missing(hand: Hand) -> None:
    hand.go("/missing")
    hand.page.locator(".missing-series > input:not(:disabled)").first.check()
    hand.page.locator("#missing-queue").click()
    hand.is_told("queued")


@step("files-selected", "files-remove")
def removes_a_file_from_the_list(hand: Hand) -> None:
    hand.go("/files")
    hand.page.locator(".file-row input").first.check()
    hand.press("Remove", ".selection-bar")
    hand.sees("They go into the recycle bin")
    hand.press("Delete", exact=False)
    hand.is_told("1 file deleted")


@step("series-delete", "series-want", "bin-restore", "bin-delete")
def deletes_files_and_brings_one_back(hand: Hand) -> None:
    """Whole series, one of its files back, the rest gone for good."""
    hand.go(f"/series/{SHOWN}/delete")
    hand.page.locator("#delete-confirm").click()
    hand.is_told("deleted")
    hand.opens("#series-menu")
    hand.page.locator("#series-want").click()
    hand.is_told("wanted again")
    hand.go("/bin")
    hand.page.get_by_role("checkbox").first.check()
    hand.press("Restore the ticked ones")
    hand.is_told("1 file is back")
    hand.go("/bin")
    hand.page.get_by_role("checkbox").first.check()
    hand.press("Delete the ticked ones for good")
    hand.press("Yes, delete 1 video")
    hand.is_told("gone for good")
    hand.go("/bin")
    hand.press("Empty the bin")
    hand.press("Yes, delete", exact=False)
    hand.go("/bin")
    hand.sees("The recycle bin is empty")


# --- the house


@step("repair-mend", "cache-clear", "cached-site-clear", "root-try")
def mends_clears_and_tries(hand: Hand) -> None:
    hand.go("/system")
    hand.press("Ask it again now")
    hand.is_told("Mended.")
    hand.press("Try what its disk guarantees", exact=False)
    hand.is_told("It was tried out.")
    for which in ("/caches/pages/aniworld/clear", "/caches/pages/clear", "/caches/covers/clear"):
        hand.go("/system")
        if (button := hand.page.locator(f"form[action$='{which}'] button")).count():
            button.click()
        hand.go("/system")
        expect(button).to_have_count(0)
    hand.sees("Tried")
    hand.misses("Ask it again now")


@step("backup-create", "backup-upload", "backup-delete")
def makes_brings_and_deletes_a_backup(hand: Hand) -> None:
    hand.go("/system/backups")
    cards = hand.page.locator("article")
    before = cards.count()
    hand.press("Back up now")
    hand.go("/system/backups")
    expect(cards).to_have_count(before + 1)
    with hand.page.expect_download() as downloading:
        hand.page.get_by_role("link", name="Download").first.click()
    file = hand.work / "backup.zip"
    downloading.value.save_as(file)
    hand.page.get_by_role("link", name="Compare").first.click()
    hand.page.get_by_text("Delete this backup").click()
    hand.press("Delete it for good")
    hand.go("/system/backups")
    expect(cards).to_have_count(before)
    hand.page.get_by_label("Or take in one").set_input_files(file)
    hand.press("Upload")
    hand.go("/system/backups")
    expect(cards).to_have_count(before + 1)


@step("account-key-create", "account-key-revoke")
def makes_and_revokes_a_key(hand: Hand) -> None:
    hand.go("/account")
    hand.page.get_by_label("Name").fill("telephone")
    hand.press("Make the key")
    hand.sees("Your new key “telephone”")
    hand.go("/account")
    hand.press("Revoke the key telephone")
    hand.go("/account")
    expect(hand.button("Revoke the key telephone")).to_have_count(0)


@step("calendar-feed-issue", "calendar-feed-revoke")
def gives_the_calendar_an_address(hand: Hand) -> None:
    hand.go("/calendar/feed")
    hand.press("Make the address")
    address = hand.page.locator("#new-feed").inner_text()
    assert hand.page.request.get(address).ok
    hand.go("/calendar/feed")
    hand.press("Revoke it")
    hand.is_told("The address opens nothing any more.")
    assert hand.page.request.get(address).status == 404


@step("account-language")
def chooses_a_language(hand: Hand) -> None:
    hand.go("/account")
    hand.page.get_by_label("Language of the pages").select_option("Deutsch")
    hand.press("Use this language")
    hand.is_told("Die Seiten erscheinen jetzt auf Deutsch.")
    hand.page.get_by_label("Sprache der Seiten").select_option("English")
    hand.press("Diese Sprache verwenden")
    hand.is_told("The pages come in English now.")


@step("account-shortcuts")
def switches_the_shortcuts_off(hand: Hand) -> None:
    hand.go("/account")
    hand.page.get_by_label("Which shortcuts hold").select_option("None: all keys are the browser's")
    hand.press("Use these shortcuts")
    hand.is_told("The shortcuts are as you chose.")


@step("account-session-end", "account-sessions-end")
def ends_other_sessions(hand: Hand) -> None:
    hand.go("/account")
    rows = hand.page.locator("[aria-labelledby=sessions-title] li")
    before = rows.count()
    hand.page.get_by_role("button", name="End the session").filter(has_text="End").last.click()
    hand.go("/account")
    expect(rows).to_have_count(before - 1)
    hand.press("End all others")
    hand.go("/account")
    expect(rows).to_have_count(1)
    hand.walk.product.log_in(PASSWORD)


# --- the settings


@step("settings-section", "settings-library", "settings-backup", "settings-naming")
def saves_each_section(hand: Hand) -> None:
    hand.saves("/settings/downloads", "Retries", "7")
    hand.saves("/settings/backup", "Backups kept", "7")
    hand.saves("/settings/library", "Targets of links", "/srv/elsewhere")
    hand.saves("/settings/naming", "File names", "{name}/{name} {season}x{episode:02}")
    hand.go("/settings/naming")
    hand.page.get_by_label("File names").fill("{name}/{nothing}")
    hand.press("Preview")
    hand.sees("Knows no {nothing}")


@step("settings-provider", "settings-provider-test", "settings-provider-change")
def sets_up_a_site(hand: Hand) -> None:
    hand.saves("/settings/providers/aniworld", "Requests", "50.0")
    hand.press("Test what is saved")
    hand.is_told("AniWorld")
    hand.go("/settings/providers")
    hand.press("Switch off AniWorld", exact=False)
    hand.go("/settings/providers")
    hand.press("Switch on AniWorld", exact=False)
    hand.go("/settings/providers")
    expect(hand.button("Switch off AniWorld", exact=False)).to_be_visible()


@step(
    *("settings-provider-add", "settings-provider-definition", "settings-provider-definition-file"),
    "settings-provider-remove",
)
def describes_a_site(hand: Hand) -> None:
    with served("cards") as running:
        hand.go("/settings/providers")
        hand.page.get_by_role("link", name="Add a site").click()
        told = definition("cards", running.address)
        hand.page.get_by_label("Definition", exact=True).fill(told)
        hand.page.get_by_label("Try it with").fill("owl")
        hand.press("Try")
        hand.sees("owl-and-moss: Owl & Moss")
        hand.press("Add")
        hand.page.get_by_role("link", name="Definition Cards").click()
        hand.sees("Definition of Cards")
        hand.page.get_by_label("Definition", exact=True).fill(told.replace("made-up", "drawn"))
        hand.press("Save")
        with hand.page.expect_download() as saved:
            hand.page.get_by_role("link", name="Export").click()
        assert "drawn" in Path(saved.value.path()).read_text(encoding="utf-8")
        hand.go("/settings/providers")
        hand.page.get_by_role("link", name="Remove Cards").click()
        hand.press("Yes, remove it")
        expect(hand.page.get_by_role("link", name="Remove Cards")).to_have_count(0)


@step("settings-providers-health", "settings-providers-ask")
def looks_how_sites_answer(hand: Hand) -> None:
    """The first call of a site that is nowhere is followed by a rest, which is ended by hand."""
    page, site = "/settings/providers/health", "/settings/providers/aniworld"
    hand.saves(page, "Failures until a rest", "1")
    hand.go(site)
    before = hand.page.get_by_label("Address").first.input_value()
    hand.saves(site, "Address", "http://127.0.0.1:9")
    hand.press("Test what is saved")
    hand.go(page)
    hand.sees("Left alone until")
    hand.press("Ask again now", exact=False)
    hand.is_told("It is asked again")
    hand.saves(site, "Address", before)
    hand.saves(page, "Failures until a rest", "5")


@step(
    *("settings-media-servers", "settings-media-server-add", "settings-media-server"),
    *("settings-media-server-test", "settings-media-server-change"),
    *("settings-media-server-remove",),
)
def sets_up_a_media_server(hand: Hand) -> None:
    with media_server("JELLYFIN", Anime=["/media"]) as server:
        hand.go("/settings/media-servers")
        hand.page.get_by_role("link", name="Add a media server").click()
        hand.page.get_by_label("Name", exact=True).fill("By hand")
        hand.page.get_by_label("Address").fill(server.address)
        hand.page.get_by_label("Key", exact=True).fill(KEY)
        hand.press("Add")
        hand.is_told("Saved.")
        hand.press("Test what is saved")
        hand.is_told("Jellyfin Server 10.10.3 answers")
        hand.saves("/settings/media-servers/by-hand", "Address", f"{server.address}/")
        hand.saves("/settings/media-servers", "Wait for more", "30")
        hand.go("/settings/media-servers")
        hand.press("Test by-hand", exact=False)
        hand.is_told("None of its libraries holds")
        hand.press("Switch off by-hand", exact=False)
        expect(hand.button("Switch on by-hand", exact=False)).to_be_visible()
        hand.press("Remove by-hand", exact=False)
        hand.misses("by-hand")


@step("settings-languages")
def puts_languages_in_order(hand: Hand) -> None:
    hand.go("/settings/languages")
    rows = hand.page.locator("[aria-labelledby=languages-head] label")
    first = rows.first.inner_text()
    hand.press(f"Move {first} down")
    hand.go("/settings/languages")
    expect(rows.nth(1)).to_have_text(first)


@step("settings-quiet-hours", "queue-now", "queue-later", "queue-lift", "queue-lift-end")
def sets_quiet_hours_and_fetches_in_them(hand: Hand) -> None:
    hand.go("/settings/quiet-hours")
    first = hand.page.locator("fieldset").first
    for box in first.locator("input[name$=-days]").all():
        box.check()
    first.get_by_label("From").fill("00:00")
    first.get_by_label("To").fill("00:00")
    hand.page.get_by_label("Budget a month").fill("1000")
    hand.press("Save")
    hand.go("/settings/quiet-hours")
    hand.sees("Every day all day: nothing is fetched")
    hand.go("/queue")
    hand.sees("No end is in sight")
    line = hand.page.locator(f"{WAITING} .queue-line:has(button[id^=now-])").first
    line.locator(".queue-menu summary").click()
    line.locator("button[id^=now-]").click()
    hand.go("/queue")
    hand.sees("Fetched whatever quiet hours say")
    exempt = hand.page.locator(
        f"{WAITING} .queue-line", has_text="Fetched whatever quiet hours say"
    )
    exempt.locator(".queue-menu summary").click()
    exempt.get_by_role("button", name="Wait for quiet hours again").click()
    hand.go("/queue")
    hand.press("Fetch anyway for the rest of today")
    hand.is_told("Quiet hours and budgets do not count for that time.")
    hand.go("/queue")
    hand.press("Let them count again")
    hand.go("/settings/quiet-hours")
    hand.page.locator("fieldset").first.get_by_label("Remove").check()
    hand.press("Save")
    hand.go("/settings/quiet-hours")
    hand.sees("No windows are set")


@step("settings-following", "series-following", "following-queue")
def follows_a_series(hand: Hand) -> None:
    hand.go("/settings/following")
    hand.page.get_by_label("Episodes a day").fill("1")
    hand.press("Save")
    hand.go("/settings/following")
    expect(hand.page.get_by_label("Episodes a day")).to_have_value("1")
    hand.go(f"/series/{SHOWN}")
    hand.opens("#series-menu")
    hand.press("Start monitoring")  # nothing is missing of what is not
    path = f"/series/{SHOWN}/following"
    hand.go(path)
    hand.page.get_by_label("Fetch by itself").select_option(label="Everything that is missing")
    hand.press("Save")
    hand.go("/following")
    hand.press("Queue these now")
    hand.is_told("1 episode queued.")
    hand.go(path)
    hand.page.get_by_label("Fetch by itself").select_option(label="Nothing")
    hand.press("Save")
    hand.go("/following")
    hand.sees("No series is followed")


@step("settings-notifications", "target-add", "target", "target-test", "target-switch")
def sets_up_a_target(hand: Hand) -> None:
    hand.saves("/settings/notifications", "Longest wait of a digest", "90")
    hand.go("/settings/notifications/add")
    hand.page.get_by_label("Name").fill("Desk")
    hand.page.get_by_label("Kind").select_option("WEBHOOK")
    hand.page.get_by_label("Address").fill("http://127.0.0.1:9/a-secret")
    hand.press("Save")
    hand.go("/settings/notifications")
    hand.sees("Desk")
    hand.misses("a-secret")
    hand.press("Test : Desk")
    hand.is_told("127.0.0.1 cannot be reached.")
    hand.go("/settings/notifications/target/Desk")
    hand.page.get_by_label("Quiet hours").fill("22:00-07:00")
    hand.press("Save")
    hand.go("/settings/notifications")
    hand.sees("22:00-07:00")
    hand.press("Switch off : Desk")
    hand.go("/settings/notifications")
    hand.sees("Switch on: Desk")


@step("target-remove")
def removes_a_target(hand: Hand) -> None:
    hand.go("/settings/notifications")
    hand.press("Remove : Desk")
    hand.go("/settings/notifications")
    hand.misses("Desk")


@step("inbox-mark")
def reads_the_inbox(hand: Hand) -> None:
    hand.go("/notifications")
    hand.sees("2 messages are not read.")
    hand.page.locator("input[name=ids]").first.check()
    hand.press("Mark the ticked ones as read")
    hand.go("/notifications")
    hand.sees("1 message is not read.")
    hand.press("Mark all as read")
    hand.go("/notifications?show=unread")
    hand.sees("Everything is read")


@step("delivery-send")
def sends_again_what_was_given_up(hand: Hand) -> None:
    hand.go("/notifications/log?state=FAILED")
    hand.sees("Downloaded (14)")
    hand.press("Downloaded (14), Phone", exact=False)
    hand.go("/notifications/log?state=FAILED")
    hand.misses("Downloaded (14)")


@step("settings-folders-change")
def adds_and_takes_out_a_folder(hand: Hand) -> None:
    shelf = hand.work / "shelf"
    shelf.mkdir()
    hand.go(f"/settings/library/folders?path={shelf}")
    hand.press("Use this folder")
    hand.go("/settings/library")
    hand.press(f"Move {shelf} up")
    hand.go("/settings/library")
    expect(hand.page.locator("ol code").first).to_have_text(str(shelf))
    hand.press(f"Take {shelf} out of the library")
    hand.go("/settings/library")
    hand.misses(str(shelf))


@step("settings-backup-make", "settings-backup-delete", "settings-restore")
def keeps_the_settings(hand: Hand) -> None:
    hand.go("/settings/backup")
    hand.press("Make one now")
    hand.is_told("A backup was made.")
    newest = hand.api("GET", "config/backups")[0]["name"]
    hand.saves("/settings/downloads", "Retries", "8")
    hand.go(f"/settings/backup/{newest}/restore")
    hand.press("Restore")
    hand.go("/settings/downloads")
    expect(hand.page.get_by_label("Retries")).to_have_value("7")
    hand.go("/settings/backup")
    hand.press(f"Delete {newest}")
    hand.press("Delete")
    hand.go("/settings/backup")
    expect(hand.button(f"Delete {newest}")).to_have_count(0)


@step("settings-export", "settings-import")
def takes_the_settings_out_and_in(hand: Hand) -> None:
    hand.go("/settings/backup")
    with hand.page.expect_download() as downloading:
        hand.press("Export the settings")
    file = hand.work / "settings.json"
    downloading.value.save_as(file)
    content = json.loads(file.read_text())
    content["downloads"]["max_retries"] = 9
    file.write_text(json.dumps(content))
    hand.page.locator("input[type=file]").set_input_files(file)
    hand.press("Show what it would change")
    hand.press("Import")
    hand.go("/settings/downloads")
    expect(hand.page.get_by_label("Retries")).to_have_value("9")


@step("settings-reset")
def begins_with_the_defaults(hand: Hand) -> None:
    hand.go("/settings/backup/reset")
    hand.press("Put everything back to its default")
    hand.go("/settings/downloads")
    expect(hand.page.get_by_label("Retries")).to_have_value("3")


# --- in and out


@step("account", "logout", "login")
def changes_the_password_and_comes_back(hand: Hand) -> None:
    hand.go("/account")
    for label, value in (
        ("Current password", PASSWORD),
        ("New password", NEWER),
        ("New password again", NEWER),
    ):
        hand.page.get_by_label(label, exact=True).fill(value)
    hand.press("Change the password")
    hand.go("/account")
    hand.page.locator("details.menu summary").click()
    hand.press("Log out", "header")
    hand.go("/account")
    hand.page.get_by_label("Password").fill(NEWER)
    hand.press("Log in")
    hand.sees("Sessions")


@step("backup-restore")
def restores_a_backup(hand: Hand) -> None:
    hand.go("/system/backups")
    hand.page.get_by_role("link", name="Compare").last.click()
    hand.press("Yes, restore it")
    hand.go("/")
    hand.page.get_by_label("Password").fill(PASSWORD)
    hand.press("Log in")
    expect(hand.page.get_by_role("heading", name="Library")).to_be_visible()
