"""What recruiters and candidates write to each other in the feeds, in Norwegian.

``{name}`` is the candidate, ``{trade}`` her trade and ``{town}`` her town.
"""

OUTREACH = (
    "Hei {name}! Jeg så profilen din og lurer på om du vil høre om en jobb som {trade}.",
    "Hei {name}, vi ser etter en {trade} i {town}. Har du lyst til å ta en prat?",
)
FOLLOW_UPS = (
    "Hei igjen {name}, rakk du å se på meldingen min?",
    "Hei {name}, dette er siste gang jeg spør. Ha en fin uke!",
)
REPLIES = {
    "interested": "Hei, dette høres spennende ut. Ring meg gjerne. Hilsen {name}",
    "later": "Takk for at du tenkte på meg, men ta kontakt igjen til høsten.",
    "question": "Hei, hva er lønnen, og kan jeg jobbe hjemmefra?",
    "not_interested": "Nei takk, jeg trives der jeg er.",
}
SENT = (
    ("Søknaden din", "Hei {name}, vi har mottatt søknaden din og ser på den."),
    ("Oppdrag i {town}", "Hei {name}, vi har et oppdrag som {trade} i {town}."),
    ("Dokumentasjon", "Hei {name}, kan du sende oss attestene dine?"),
)
NEWSLETTERS = (
    ("Nyhetsbrev", "Hei {name}, her er månedens ledige stillinger."),
    ("Invitasjon", "Hei {name}, velkommen til frokostseminar."),
)
RECEIVED = (
    ("SV: Oppdrag", "Hei, det passer fint for meg. Hilsen {name}"),
    ("Spørsmål", "Hei, jeg lurer på hvordan det går med søknaden min. {name}"),
)
CALLS = (
    "Ringte {name}. Ønsker å begynne så snart som mulig.",
    "Snakket med {name} om oppdrag som {trade}. Vil tenke på det.",
)
MEETINGS = (
    "Møtte {name}. God dialog, ønsker seg nærmere {town}.",
    "Gikk gjennom CV-en med {name}.",
)
NOTES = (
    "{name} virker grundig. Anbefales for oppdrag som {trade}.",
    "Trenger oppfølging: {name} har to tilbud.",
    "Har jobbet for en av våre kunder før.",
)
ENQUIRIES = (
    "Hei, jeg heter {name}. Har dere ledige stillinger som {trade}?",
    "Hei, vi trenger vikarer i {town}. Kan dere ringe meg? {name}",
    "Jeg lurer på hvordan dere behandler opplysninger om meg. Hilsen {name}",
)
TAGS = ("Kan begynne straks", "Helgevakter", "Ringes i vår", "Snakker polsk", "Førerkort")
POOLS = ("Vikarer {town}", "{trade}, framtidige oppdrag", "Sommerjobb")
PRESENTED = (
    "Vi presenterer en {trade} med god erfaring.",
    "Kandidaten {name} er tilgjengelig og godt kvalifisert.",
)
PLACES = ("Hos kunden i {town}", "Kontoret i {town}", "Teams")
RATINGS = ("Faglig: 4", "Samarbeid: 5", "Motivasjon: 3", "Struktur: 4")
RECOMMENDATIONS = ("Anbefales", "Anbefales med forbehold", "Anbefales ikke")
COMMENTS = ("{name} svarte godt for seg.", "Trenger mer erfaring som {trade}.")
DECLINED = ("Takk for tilbudet, men jeg har valgt noe annet. {name}", "Lønnen er for lav.")
CANCELLED = ("Jeg er dessverre blitt syk. Hilsen {name}", "Kunden må utsette.")
STATEMENTS = (
    "{name} var en ryddig og pålitelig kollega.",
    "Jeg ville ansatt {name} igjen.",
)
RELATIONS = ("Tidligere leder", "Kollega", "Prosjektleder")
TITLES = ("Avdelingsleder", "Daglig leder", "Formann", "Teamleder")
OBJECTIONS = (
    "Jeg vil ikke at dere bruker opplysningene mine til dette.",
    "Slutt å sende meg dette. {name}",
)
COMMENTS_ON_NOTICES = (
    "Hvor lenge lagrer dere egentlig CV-en min?",
    "Jeg vil ikke at kunder skal få fødselsdatoen min.",
)
INSTRUMENTS = (("Testleverandør", "Evnetest"), ("Testleverandør", "Personlighetstest"))
RESULTS = ("Over middels", "Middels", "Høy skår på struktur")
CHECK_RESULTS = ("Bekreftet", "Ingen anmerkninger", "Kunne ikke bekreftes")
EVIDENCE = ("Avkrysset i skjema", "Svarte ja på SMS", "Samtykke på Min side")
BROWSERS = ("Firefox, Windows", "Safari, iOS", "Chrome, Android")
