"""The Norwegian vocabulary of the feeds: towns, trades and what forms and letters say."""

from dataclasses import dataclass

from domain.application import Stage


@dataclass(frozen=True, slots=True)
class Trade:
    """An occupation: its title, its skills, the degree and the certificate that go with it."""

    title: str
    skills: tuple[str, ...]
    degree: str
    certificate: str


TOWNS = (
    ("0150", "Oslo"),
    ("5003", "Bergen"),
    ("7010", "Trondheim"),
    ("4006", "Stavanger"),
    ("6002", "Ålesund"),
    ("9008", "Tromsø"),
    ("8006", "Bodø"),
    ("4612", "Kristiansand"),
    ("1606", "Fredrikstad"),
    ("3015", "Drammen"),
    ("2815", "Gjøvik"),
    ("2317", "Hamar"),
    ("5527", "Haugesund"),
    ("8601", "Mo i Rana"),
    ("9510", "Alta"),
    ("3110", "Tønsberg"),
)
"""Postal code and town."""

TECHNOLOGY = (
    Trade("Systemutvikler", ("Java", "Kotlin", "SQL"), "Master i informatikk", "Skysertifisering"),
    Trade("Frontendutvikler", ("TypeScript", "CSS", "UU"), "Bachelor i IT", "UU-sertifisering"),
    Trade("Dataingeniør", ("Python", "SQL", "Kafka"), "Master i datateknikk", "Datasertifisering"),
    Trade("Testleder", ("Testplan", "Automatisering"), "Bachelor i IT", "ISTQB Foundation"),
    Trade("Løsningsarkitekt", ("Integrasjon", "Sky", "Sikkerhet"), "Sivilingeniør", "TOGAF"),
    Trade("UX-designer", ("Brukertest", "Prototyping"), "Master i design", "Designsertifikat"),
)
OFFICE = (
    Trade("Regnskapsmedarbeider", ("Bilag", "Avstemming", "Excel"), "Fagskole, økonomi", "Excel"),
    Trade("Lønnsmedarbeider", ("Lønn", "A-melding", "Excel"), "Fagskole, lønn", "Lønnskurs"),
    Trade("Kundebehandler", ("Telefon", "CRM", "Engelsk"), "Videregående", "Kundeservicekurs"),
    Trade("Resepsjonist", ("Sentralbord", "Booking"), "Videregående", "Førstehjelp"),
    Trade("Innkjøper", ("Forhandling", "Avtaler", "ERP"), "Bachelor i logistikk", "Innkjøpskurs"),
    Trade("Prosjektkoordinator", ("Planlegging", "Møter"), "Bachelor i ledelse", "PRINCE2"),
)
SITE = (
    Trade("Lagermedarbeider", ("Plukk", "Varemottak"), "Videregående", "Truckførerbevis T1"),
    Trade("Elektriker", ("Installasjon", "Feilsøking"), "Fagbrev, elektro", "Sikkerhetskurs NEK"),
    Trade("Tømrer", ("Betong", "Forskaling", "Tegninger"), "Fagbrev, tømrer", "Stillaskurs"),
    Trade("Sykepleier", ("Medisinhåndtering", "Journal"), "Bachelor i sykepleie", "HLR"),
    Trade("Sjåfør", ("Distribusjon", "Kjøretid"), "Videregående", "Førerkort C, YSK"),
    Trade("Kokk", ("Varmmat", "Allergener", "Renhold"), "Fagbrev, kokk", "Hygienekurs"),
)
LEADERSHIP = (
    Trade("Daglig leder", ("Strategi", "Budsjett", "Styre"), "Master i ledelse", "Styrekurs"),
    Trade(
        "Økonomisjef", ("Rapportering", "Likviditet"), "Siviløkonom", "Autorisert regnskapsfører"
    ),
    Trade("Salgsdirektør", ("Budsjett", "Nøkkelkunder"), "Bachelor i marked", "Salgslederkurs"),
    Trade("HR-sjef", ("Arbeidsrett", "Rekruttering"), "Master i HR", "Coachingkurs"),
    Trade("Driftssjef", ("HMS", "Vedlikehold", "LEAN"), "Sivilingeniør", "HMS-kurs for ledere"),
    Trade("Prosjektdirektør", ("Kontrakt", "Risiko"), "Sivilingeniør", "PMP"),
)

EMPLOYERS = (
    "Eksempel Bygg AS",
    "Eksempel Regnskap AS",
    "Eksempel Transport AS",
    "Eksempel Data AS",
    "Eksempel Sykehjem",
    "Eksempel Hotell AS",
    "Eksempel Energi AS",
    "Eksempel kommune",
)
SCHOOLS = (
    "Eksempelhøyskolen",
    "Eksempel universitet",
    "Eksempel fagskole",
    "Eksempel videregående",
)
LANGUAGES = ("norsk", "engelsk", "svensk", "polsk", "tysk", "arabisk", "litauisk", "spansk")
LEVELS = ("grunnleggende", "god", "meget god", "flytende")
NOTICE_PERIODS = ("ingen", "14 dager", "én måned", "tre måneder")
SHIFTS = ("dag", "kveld", "natt", "helg", "turnus")

STAGE_LABELS = {
    Stage.NEW: ("Mottatt", "Ny søker"),
    Stage.SCREENING: ("Vurderes", "Under vurdering", "Telefonsamtale"),
    Stage.SUBMITTED_TO_CLIENT: ("Presentert for kunde", "CV sendt kunde"),
    Stage.INTERVIEW: ("Intervju", "Førstegangsintervju", "Andregangsintervju"),
    Stage.OFFER: ("Tilbud", "Tilbud sendt"),
}
"""What the sources call the five stages."""

QUESTIONS = (
    "Hvorfor søker du stillingen?",
    "Når kan du begynne?",
    "Har du førerkort?",
    "Hvor har du hørt om oss?",
)
ANSWERS = (
    "Jeg ønsker nye utfordringer i {town}.",
    "Jeg kan begynne etter oppsigelsestiden.",
    "Ja, klasse B.",
    "Jeg heter {name} og ble tipset av en kollega.",
)
REJECTIONS = (
    "Takk for søknaden. Vi har dessverre gått videre med andre kandidater.",
    "Hei {name}, stillingen er besatt. Vi beholder gjerne profilen din.",
    "Takk for praten. Kunden har valgt en kandidat med lengre erfaring.",
)
WITHDRAWALS = (
    "Jeg trekker søknaden min, da jeg har takket ja til en annen stilling.",
    "Hei, jeg ønsker ikke å gå videre. Hilsen {name}",
)
SOURCING_REASONS = (
    "Profil funnet ved søk etter {trade} i {town}.",
    "Anbefalt i nettverket for {trade}.",
)
