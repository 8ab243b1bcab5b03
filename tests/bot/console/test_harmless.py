"""A script in a traveller's name, in what they told or in a shop's record runs on no page, masked or not."""

from __future__ import annotations

from bot import shop_records
from bot.cases import SEALED
from bot.shop_records import Shown
from dialogs.rules.cases import CaseDetails
from tests.bot.console.desk import at_work, hire
from tests.bot.disputes_house import filed, quarrel, rows
from tests.bot.held_house import told_of, worker
from tests.bot.web.counter import Counter

SCRIPT = "<script>alert(1)</script>"
BREAKING_OUT = '"><img src=x onerror=alert(1)>'

NEWEST = """
SELECT d.id, c.receipt_no FROM disputes d JOIN claims c ON c.id = d.claim ORDER BY d.opened_at DESC LIMIT 1
"""


def test_a_script_in_a_name_a_story_or_a_record_is_harmless_on_every_page(counter: Counter) -> None:
    case_no = told_of(counter.parts, "TG00000001", "OTHER")
    told = CaseDetails(number=SCRIPT, prefecture="09", shop=SCRIPT, happened=BREAKING_OUT, words=f"{SCRIPT}\n{SCRIPT}")
    with counter.parts.db.connection() as connection:
        sealed = counter.parts.vault.seal_json(told.plain(), SEALED)
        connection.execute("UPDATE cases SET details = %s", (sealed,))
    shown = Shown(time=SCRIPT, number=BREAKING_OUT, words=SCRIPT)
    shop_records.add(counter.parts, case_no, shown, content=b"", by=f"担当 {SCRIPT}")
    quarrel(counter.parts)
    filed(counter.parts, 3, "A00001", applicant="jiro", name=f"{SCRIPT} {BREAKING_OUT}")
    worker(counter.parts)
    ((dispute, receipt_no),) = rows(counter.parts, NEWEST)
    browser = at_work(counter, hire(counter.parts, "aoi", "admin", name="管理 葵"))
    for subject, fields in {
        f"case:{case_no}": ("told",),
        f"application:{receipt_no}": ("name", "contact", "target"),
        f"dispute:{dispute}": ("told",),
    }.items():
        for field in fields:
            browser.get("/console").post("/console/unmask", subject=subject, field=field)
    pages = ["", "/cases", f"/cases/{case_no}", f"/cases/{case_no}/paper", "/disputes", f"/disputes/{dispute}"]
    for path in [*pages, f"/applications/{receipt_no}", "/audit", "/search"]:
        text = browser.get(f"/console{path}").text
        assert (200, []) == (browser.page.status_code, [each for each in (SCRIPT, BREAKING_OUT) if each in text]), path
        policy = browser.page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
    assert "&lt;script&gt;" in browser.get(f"/console/applications/{receipt_no}").text
