"""What stands around the facts: openings, closings, the openings of a change, and small talk that tells nothing.

Sixteen openings, changes and closings each: one of them takes four random bits.
"""

from __future__ import annotations

OPENINGS = (
    "",
    "Note to self: ",
    "From the call this morning: ",
    "Heard over lunch: ",
    "Written down after the meeting: ",
    "In passing: ",
    "For the file: ",
    "From a long message last night: ",
    "Came up on the train: ",
    "As I understood it: ",
    "From my notebook: ",
    "Second-hand, but reliable: ",
    "Before I forget: ",
    "Mentioned twice today: ",
    "Over coffee: ",
    "On the way out: ",
)

CHANGED = (
    "Correction: ",
    "This has changed: ",
    "News, the earlier note is out of date: ",
    "Not as I wrote before: ",
    "Update: ",
    "Things have moved on: ",
    "From now on it is different: ",
    "Scratch the old entry: ",
    "As of this week: ",
    "A change of plan: ",
    "Contrary to what I noted: ",
    "The latest: ",
    "I stand corrected: ",
    "No longer as before: ",
    "New since yesterday: ",
    "Replaces my older note: ",
)

CLOSINGS = (
    " Good to know.",
    " No action needed.",
    " It came up while we waited for the tram.",
    " I promised to keep that in mind.",
    " The rest of the conversation was about the weather.",
    " Ask again in a month or so.",
    " Nobody else seemed to know.",
    " Said in a good mood, with a laugh.",
    " We did not go into details.",
    " It sounded quite settled to me.",
    " I wrote it down on the spot.",
    " There was a lot of noise, but I am sure of that.",
    " Somebody at the table nodded.",
    " That explains a good deal.",
    " To be passed on to the others.",
    " More about it when we meet next week.",
)

CHATTER = (
    "%s and I talked about the rain for a while and agreed that it cannot last for ever.",
    "Ran into %s at the crossing; we waved, and the lights changed.",
    "%s sent a picture of a cloud that looked like a loaf of bread.",
    "Quick hello from %s, who was in a hurry and had nothing in particular to say.",
    "%s told the old joke about the two fish again, and everybody laughed anyway.",
    "Sat beside %s on the bus; we were both too tired to talk.",
    "%s wished me a pleasant weekend, and I said the same.",
    "Laughed with %s about the lift that stops between the floors.",
    "%s asked how I was; fine, I said, and how are you; fine as well.",
    "A short chat with %s about whether it is too early for mulled wine.",
    "%s hummed a tune all afternoon that neither of us could place.",
    "Waited in a queue with %s and counted the tiles on the wall.",
    "%s forwarded one of those messages that one ought to send to ten others.",
    "Said good night to %s; it had become late without our noticing.",
    "%s thinks that Mondays should be shorter; hard to disagree with that.",
    "Held the door open for %s, who was carrying far too many bags.",
    "%s and I wondered why the clock in the hall is always four minutes fast.",
    "Small talk with %s about the traffic, which was neither better nor worse than usual.",
    "%s typed for a long time and then sent nothing but a smiling face.",
    "Shared a biscuit with %s and talked of this and that.",
    "%s remarked that the year has gone by quickly, as one does.",
    "Passed %s on the stairs; we said that we really must meet one of these days.",
    "%s yawned, I yawned, and then the whole row yawned.",
    "Watched the pigeons with %s for five minutes; a draw, we decided.",
)

SOURCES = ("chat", "call", "mail", "meeting", "notebook")
