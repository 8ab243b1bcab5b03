"""Whether returned mail is read, for `bot check`."""

from __future__ import annotations

from bot.settings import Settings
from integrations.mail.mailbox import WHY, CannotRead, Mailbox, MailboxAddress

ANSWER_SECONDS = 5.0
UNSET = """A URL that goes by mail to a wrong address then counts as sent, and nobody hears that it came back.
Set BOUNCE_ADDRESS and BOUNCE_MAILBOX_URL (.env.example explains them)."""
MEND = {
    "unreachable": "Compare host and port in BOUNCE_MAILBOX_URL with the server's; imaps is 993, imap 143.",
    "certificate": "Use the name in BOUNCE_MAILBOX_URL that stands in the server's certificate.",
    "login_refused": "Correct user and password in BOUNCE_MAILBOX_URL; what is no letter or digit is written as %xx.",
    "no_folder": "Name a folder of the mailbox after the / in BOUNCE_MAILBOX_URL, for example INBOX.",
    "broken": "Try it again; then look at the mail server's own log.",
}


def returned_mail_found(settings: Settings) -> tuple[str, str, str, str]:
    """Name, what was found, how to mend it, and what could be set besides ("" where there is nothing of the kind)."""
    name, url = "Returned mail", settings.bounce_mailbox_url
    if url is None and settings.bounce_address:
        return name, "is read through a pipe alone", "", ""
    if url is None:
        return name, "is not read, because no mailbox is set", "", UNSET
    try:
        waiting = Mailbox(MailboxAddress.parse(url.get_secret_value()), timeout=ANSWER_SECONDS).waiting()
    except CannotRead as wrong:
        return name, f"cannot be read: {WHY[wrong.why]}", MEND[wrong.why], ""
    return name, f"can be read; {waiting} not read yet", "", ""
