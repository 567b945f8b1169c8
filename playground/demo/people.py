"""The people of Vela Market, the company of the demonstration: who signs in, and what the company says about each."""

from dataclasses import dataclass

COMPANY = "Vela Market"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    sub: str
    name: str
    title: str
    departments: tuple[str, ...]
    # What a visitor can try as this person, in one line.
    about: str
    role: str = "employee"
    owns: tuple[str, ...] = ()
    locale: str = "en"
    is_active: bool = True

    @property
    def department(self) -> str:
        """The one that pays for her."""
        return self.departments[0]

    @property
    def email(self) -> str:
        return f"{self.sub}@vela.example"

    @property
    def label(self) -> str:
        """Her title here in a word or two."""
        if self.owns:
            return "Department owner"
        return {"employee": "Employee", "power_user": "Power user", "admin": "Admin"}[self.role]

    def claims(self) -> dict[str, object]:
        """What the demo identity provider says about her."""
        return {
            "name": self.name,
            "given_name": self.name.partition(" ")[0],
            "preferred_username": self.sub,
            "email": self.email,
            "email_verified": True,
            "locale": self.locale,
            "departments": list(self.departments),
            "owns": list(self.owns),
            "role": self.role,
        }


PEOPLE = (
    DemoPerson("alice", "Alice Moreau", "Campaign manager", ("Marketing",), "Chats and uses tools of the hub."),
    DemoPerson("bob", "Bob Lindqvist", "Copywriter", ("Marketing",), "Shares a quota with Alice."),
    DemoPerson(
        "ana",
        "Ana Ribeiro",
        "Head of Marketing",
        ("Marketing",),
        "Sets the quotas of Marketing and sees what it spends.",
        owns=("Marketing",),
    ),
    DemoPerson(
        "eve", "Eve Okafor", "Account executive", ("Sales",), "Works in another department, with its own quota."
    ),
    DemoPerson(
        "carol",
        "Carol Jensen",
        "Sales enablement lead",
        ("Sales",),
        "Writes tools and publishes them to the hub.",
        role="power_user",
    ),
    DemoPerson(
        "dana",
        "Dana Whitfield",
        "IT platform lead",
        ("IT Operations",),
        "Looks after people, models, prices and quotas.",
        role="admin",
    ),
    DemoPerson(
        "sofia",
        "Sofía Acosta",
        "Support specialist, Buenos Aires",
        ("Support",),
        "Answers customers in Spanish.",
        locale="es-AR",
    ),
    DemoPerson(
        "joao",
        "João Ferreira",
        "CRM analyst, São Paulo",
        ("Marketing",),
        "Words notifications in Portuguese.",
        locale="pt-BR",
    ),
    DemoPerson(
        "yuki",
        "Yuki Tanaka",
        "Listing quality lead, Osaka",
        ("Listings",),
        "Writes tools for Japanese listings.",
        role="power_user",
        locale="ja",
    ),
    DemoPerson(
        "frank",
        "Frank Doyle",
        "Left the company",
        ("Marketing",),
        "Was disabled: the company knows him, the app refuses him.",
        is_active=False,
    ),
)
