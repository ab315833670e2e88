"""Lists the dates of recurrence rules with python-dateutil: an array of {starts, rule, from, to} in, for each the dates
from `from` to `to` out."""

import json
import re
import sys
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def dates(question):
    starts, first, last = (datetime.fromisoformat(question[name]) for name in ("starts", "from", "to"))
    text = question["rule"]
    if "FREQ=WEEKLY" in text and "BYSETPOS" in text:
        # dateutil counts positions of the first week from its first date on; RFC 5545 3.3.10 has every set begin where
        # its period does. So it begins with the week, and what lies before the first date is taken away here.
        [week_start] = re.findall("WKST=(..)", text) or ["MO"]
        begins = starts - timedelta(days=(starts.weekday() - WEEK.index(week_start)) % 7)
        [count] = re.findall(";COUNT=([0-9]+)", text) or [None]
        text = re.sub(";COUNT=[0-9]+", "", text) + ("" if "BYDAY" in text else f";BYDAY={WEEK[starts.weekday()]}")
        endless = rrulestr(text, dtstart=begins)
        found = []
        for date in endless.xafter(starts, count=int(count) if count else None, inc=True):
            if date > last:
                break
            found.append(date)
        found = [date for date in found if date >= first]
    else:
        found = rrulestr(text, dtstart=starts).between(first, last, inc=True)
    return [date.date().isoformat() for date in found]


print(json.dumps([dates(question) for question in json.load(sys.stdin)]))
