"""Two marked people: every value told of them holds a mark that can be searched for."""

from dataclasses import replace

from domain.keyring import Contact, ContactKind
from tests.consumers.feed import REGISTERED, STATED, SUBMITTED, UPLOADED, Feed

HER, OTHER = "Kanarina", "Bofinkel"


def marks(mark: str) -> dict[str, str]:
    """Name every value that is told of a marked person; the mark is in each, in lower case too."""
    return {
        "given": f"{mark}-fornavn",
        "family": f"{mark}-etternavn Ærøskøbing",
        "email": f"{mark.lower()}@{mark.lower()}-post.example.org",
        "street": f"{mark}veien 17B, 0999 {mark}by",
        "remote": f"{mark}-remote-4711",
        "event": f"{mark}-event",
        "application": f"{mark}-application-12",
        "title": f"Stilling som {mark}-kurator",
        "answer": f"Mitt svar er {mark} og ingenting annet",
        "file": f"CV {mark} 2026.pdf",
        "employer": f"{mark} & Sønner AS",
        "raw": f"{mark} in a payload nobody can read",
    }


def tell(feed: Feed, mark: str) -> None:
    """Tell of a marked person in every kind of place a value may come to."""
    m = marks(mark)
    hers = {"given_name": m["given"], "family_name": m["family"], "emails": [m["email"]]}
    hers["postal_address"] = m["street"]
    contact = (Contact(ContactKind.EMAIL, m["email"]),)
    job = [{"employer": m["employer"], "title": m["title"], "workplace": None, "from": None}]
    job = [{**one, "to": None, "description": m["answer"]} for one in job]
    told: list[tuple[str, dict[str, object]]] = [
        (REGISTERED, dict(hers)),
        (
            SUBMITTED,
            {
                "remote_application_id": m["application"],
                "assignment_title": m["title"],
                "answers": [{"question": m["title"], "answer": m["answer"]}],
            },
        ),
        (STATED, {"employment": job}),
        (UPLOADED, {"filename": m["file"], "content_ref": m["file"]}),
    ]
    for n, (topic, values) in enumerate(told):
        event = f"{m['event']}-{n}"
        feed.tell(m["remote"], topic, event=event, contacts=contact, values=values)


def spoil(feed: Feed, mark: str) -> None:
    """Add what must be parked: an unknown source, and a payload that is no fact."""
    m = marks(mark)
    good = feed.tell(m["remote"], event=f"{m['event']}-x", values={"given_name": m["given"]})
    assert good.envelope is not None
    feed.items.pop()
    feed.add(replace(good.envelope, source="nowhere.mail"))
    feed.add(replace(good.envelope, fact=m["raw"].encode()))
