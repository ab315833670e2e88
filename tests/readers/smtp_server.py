"""A mail server (aiosmtpd) on a free port of this machine.

Prints its port as the first line of JSON when it listens, then one line for each mail that it took. Ends when its
standard input does.
"""

import asyncio
import json
import sys

from aiosmtpd.smtp import SMTP

from mail import describe


class Printer:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "message": describe(envelope.original_content),
        }), flush=True)
        return "250 taken"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Printer(), hostname="localhost", loop=loop), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
