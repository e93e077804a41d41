"""Sends a message by e-mail, through the server of ``[mail]``."""

from __future__ import annotations

import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from alerts.webhook import NotDelivered
from techwire.config import MailSettings

TIMEOUT = 20.0  # seconds


def is_address(text: str) -> bool:
    """Whether ``text`` is one address that a mail can be sent to."""
    if (
        len(text) > 254 or "=?" in text or any(c.isspace() or not c.isprintable() for c in text)
    ):  # RFC 5321
        return False
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return bool(found.username and found.domain)


def compose(
    sender: str, to: str, subject: str, text: str, html: str | None = None, identity: str = ""
) -> EmailMessage:
    """An e-mail; ``identity`` makes its Message-ID the same at every try."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = " ".join(_shown(subject).split())[:200]
    mail["Date"] = formatdate(usegmt=True)
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    mail["Message-ID"] = f"<{identity}@{domain}>" if identity else make_msgid(domain=domain)
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


def _shown(text: str) -> str:
    """``text`` without control characters, those that turn the direction of what follows, and
    encoded words (RFC 2047): the library would decode them, line ends and all, into headers."""
    return "".join(c for c in text if c.isprintable() or c.isspace()).replace("=?", "= ?")


def send(settings: MailSettings, mail: EmailMessage) -> str:
    """Hands ``mail`` to the server; NotDelivered when it will not take it."""
    if settings.host is None:
        raise NotDelivered("no mail server: set [mail] host in techwire.toml")
    try:
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
        with server:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                server.login(settings.username, settings.password)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as problem:
        raise NotDelivered(f"{settings.host}: {type(problem).__name__}: {problem}") from None
    return f"handed to {settings.host}"
