"""An SMTP server for tests/outside/mail.rs: relay.py KIND FOLDER KEYS.

KIND is plain, password (sign-in is required), or tls (with a certificate that nobody trusts). Prints its port; mails
become files in FOLDER. Without aiosmtpd it ends with status 77.
"""

import asyncio
import email
import email.policy
import logging
import pathlib
import ssl
import sys
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    sys.exit(77)

KIND, FOLDER, KEYS = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


class Handler:
    def __init__(self):
        self.count = 0
        self.peers = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "gone":
            return f"550 5.1.1 <{address}>: user unknown"
        if name == "full":
            return f"452 4.2.2 <{address}>: mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return f"554 5.7.1 message for {envelope.rcpt_tos[0]} refused"
        if name == "busy":
            return f"451 4.3.0 {envelope.rcpt_tos[0]}: try again"
        if session.peer not in self.peers:
            self.peers.append(session.peer)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        lines = [
            f"X-Envelope: {envelope.mail_from} -> {','.join(envelope.rcpt_tos)}",
            f"X-Hello: {session.host_name}",
            f"X-Subject: {message['subject']}",
            f"X-From: {message['from']}",
            f"X-Message-Id: {message['message-id']}",
            f"X-Type: {message.get_content_type()}; {message.get_content_charset()}",
            f"X-Connection: {self.peers.index(session.peer) + 1}",
            "",
            message.get_content().replace("\r\n", "\n"),
        ]
        (FOLDER / f"{self.count:03}.txt").write_text("\n".join(lines), encoding="utf-8")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"photos", b"p@ss word")
    return AuthResult(success=is_right, handled=False)


def server():
    """One connection's side of SMTP."""
    if KIND == "password":
        return SMTP(handler, authenticator=authenticate, auth_required=True, auth_require_tls=False)
    return SMTP(handler)


async def main():
    context = None
    if KIND == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(KEYS / "gateway.cert.pem", KEYS / "gateway.pem")
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server, "127.0.0.1", 0, ssl=context)
    print(listening.sockets[0].getsockname()[1], flush=True)
    # Whoever started it ends it by closing its input.
    await loop.run_in_executor(None, sys.stdin.read)
    listening.close()


# It warns of passwords without TLS, which is what is tried here.
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
handler = Handler()
asyncio.run(main())
