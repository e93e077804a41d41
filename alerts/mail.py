"""Sends a message by e-mail, through the server of ``[mail]``."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from alerts.webhook import NotDelivered
from techwire.config import MailSettings

TIMEOUT = 20.0  # seconds


def compose(
    sender: str, to: str, subject: str, text: str, html: str | None = None, identity: str = ""
) -> EmailMessage:
    """An e-mail; ``identity`` makes its Message-ID the same at every try."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())[:200]
    mail["Date"] = formatdate(usegmt=True)
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    mail["Message-ID"] = f"<{identity}@{domain}>" if identity else make_msgid(domain=domain)
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail


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
