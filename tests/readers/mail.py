"""Reads one message from standard input with Python's email package and prints what it says as JSON."""

import base64
import json
import sys
from email import message_from_bytes, policy
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser would make of an HTML part: its text, its elements, and whatever it would fetch."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.elements, self.links, self.fetched = [], set(), [], []

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        for name, value in attributes:
            if name == "href" and tag == "a":
                self.links.append(value)
            elif name in ("src", "href", "background", "srcset", "action", "poster"):
                self.fetched.append(value)
            if value and "url(" in value:
                self.fetched.append(value)

    def handle_data(self, data):
        self.text.append(data)
        if "url(" in data or "@import" in data:
            self.fetched.append(data)


def part(message):
    described = {
        "type": message.get_content_type(),
        "params": dict(message["content-type"].params),
        "disposition": message.get_content_disposition(),
        "filename": message.get_filename(),
        "encoding": message["content-transfer-encoding"],
        "defects": [repr(defect) for defect in message.defects],
    }
    if message.is_multipart():
        return {**described, "parts": [part(one) for one in message.iter_parts()]}
    content = message.get_payload(decode=True)
    described["base64"] = base64.b64encode(content).decode()
    if message.get_content_maintype() == "text":
        described["text"] = content.decode("utf-8").replace("\r\n", "\n")
    if message.get_content_type() == "text/html":
        page = Page()
        page.feed(described["text"])
        described["page"] = {
            "text": "".join(page.text),
            "elements": sorted(page.elements),
            "links": page.links,
            "fetched": page.fetched,
        }
    return described


def describe(raw):
    message = message_from_bytes(raw, policy=policy.default)
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "defects": [repr(defect) for value in message.values() for defect in getattr(value, "defects", [])],
        "to": [{"name": one.display_name, "address": one.addr_spec} for one in message["to"].addresses],
        "from": [{"name": one.display_name, "address": one.addr_spec} for one in message["from"].addresses],
        "date": message["date"].datetime.isoformat(),
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "bare_line_ends": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
        "body": part(message),
    }


if __name__ == "__main__":
    print(json.dumps(describe(sys.stdin.buffer.read())))
