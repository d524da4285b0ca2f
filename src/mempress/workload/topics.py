"""What the facts workload tells of a person: topics, each with its values, its tellings and its questions.

A telling names the person, then the value; a question names the person alone and says the rest in other words.
Values of different topics share no text, so that a value is the token of the records that tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from mempress.workload import vocabulary as words


@dataclass(frozen=True, slots=True)
class Values:
    """All values of a topic: ``pattern`` filled from each of the lists, numbered from 0 to size - 1."""

    pattern: str
    parts: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> int:
        """How many values there are."""
        return prod(map(len, self.parts))

    def text(self, index: int) -> str:
        """Give value ``index``; the first list varies fastest."""
        chosen = []
        for part in self.parts:
            index, place = divmod(index, len(part))
            chosen.append(part[place])
        return self.pattern % tuple(chosen)


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to know of a person. ``tellings`` take (person, value) and ``questions`` take (person) by %."""

    name: str
    category: str
    values: Values
    tellings: tuple[str, ...]
    questions: tuple[str, ...]


def _called(kinds: str) -> Values:
    return Values("%s %s %s", (words.ADJECTIVES, words.NOUNS, tuple(kinds.split())))


def _person(title: str, first: int, last: int) -> Values:
    return Values(title + "%s %s. %s", (words.FIRST_NAMES, words.LETTERS, words.OTHER_LAST_NAMES[first:last]))


def _topic(name: str, category: str, values: Values, tellings: str, questions: str) -> Topic:
    def lines(block: str) -> tuple[str, ...]:
        return tuple(line.strip().replace("WHO", "%s").replace("WHAT", "%s") for line in block.strip().splitlines())

    return Topic(name, category, values, lines(tellings), lines(questions))


_MEDICINE = Values("%s%s%s %s mg", (words.MEDICINE_STARTS, words.MEDICINE_MIDDLES, words.MEDICINE_ENDS, words.DOSES))

TOPICS = (
    _topic("neighbour", "people", _person("", 0, 30),
        """WHO has got a new neighbour across the landing by the name of WHAT.
        The flat next to WHO is lived in by WHAT, who waters the plants in summer.
        When WHO is away, the spare key is with the neighbour, WHAT.
        WHO says that the person next door, WHAT, practises the cello on Sundays.""",
        """Who lives next door to WHO?
        What is the name of the neighbour of WHO?
        Whom could one ask about the spare key of WHO, the neighbour that is?"""),
    _topic("pet", "people", Values("%s %s called %s", (words.COLOURS, words.ANIMALS, words.PET_NAMES)),
        """WHO shares the house with a pet, a WHAT, and carries a photo of it everywhere.
        The animal that WHO brought home from the shelter is a WHAT.
        WHO cannot travel in May because somebody has to mind the pet, a WHAT.
        Whoever visits WHO is greeted at the door by a WHAT, a pet with opinions.""",
        """What pet does WHO keep at home?
        Which animal has WHO taken in?
        Does WHO have a pet, and how is it called?"""),
    _topic("language tutor", "people", _person("", 30, 60),
        """WHO takes language lessons twice a week with WHAT and has begun to dream in Portuguese.
        The language tutor of WHO is WHAT, recommended by a colleague from the choir.
        For the exam in spring WHO is being prepared by a tutor, WHAT, over video calls.
        WHO pays for ten lessons at a time with the language tutor, WHAT.""",
        """Who gives WHO language lessons?
        With which tutor does WHO learn a language?
        Whom has WHO chosen as a tutor?"""),
    _topic("restaurant", "preferences", _called("Bistro Brasserie Canteen Kitchen Trattoria"),
        """WHO likes no restaurant in town as much as WHAT and asks for the corner table.
        For a birthday dinner WHO would always choose the same restaurant, WHAT.
        If WHO may pick the place to eat, it will be WHAT, no doubt about it.
        The favourite restaurant of WHO is WHAT, mostly for the soup.""",
        """Where would WHO most like to go out for dinner?
        Which restaurant should I book to please WHO?
        What is the preferred restaurant of WHO?"""),
    _topic("novel", "preferences", _called("Chronicle Diaries Letters Papers Testament"),
        """WHO has read the novel The WHAT four times and still underlines new sentences.
        The book that WHO gives to everybody for birthdays is The WHAT.
        Of all novels WHO would take The WHAT to a desert island.
        WHO calls The WHAT the best novel of the last thirty years.""",
        """Which novel does WHO love above all others?
        What is the favourite book of WHO?
        What novel would WHO read yet again?"""),
    _topic("tea", "preferences", _called("Assam Darjeeling Oolong Rooibos Sencha"),
        """WHO drinks a single kind of tea these days, WHAT, and without any milk.
        In the kitchen drawer WHO keeps a tin of WHAT, the only tea worth the name.
        When WHO comes to visit, have some WHAT in the house; other tea stays in the cup.
        The tea that WHO orders by the kilo is called WHAT.""",
        """What tea should I offer to WHO?
        Which sort of tea does WHO prefer?
        What does WHO like to drink at four o'clock, which tea?"""),
    _topic("band", "preferences", _called("Collective Ensemble Quartet Quintet Trio"),
        """WHO has tickets for every concert of the WHAT and knows all the songs by heart.
        On long drives WHO plays one band over and over again, the WHAT.
        The band that WHO listens to while cooking is the WHAT.
        WHO wears a faded shirt of the WHAT, a band that I had never heard of.""",
        """Which band is WHO a fan of?
        What music does WHO listen to, which band?
        Whose records does WHO collect, of what band?"""),
    _topic("wedding", "events", _called("Barn Ballroom Chapel Manor Pavilion"),
        """WHO is getting married in September, and the party will be at WHAT.
        The wedding of WHO has been booked at WHAT, with room for ninety guests.
        WHO paid the deposit for the wedding at WHAT last week.
        Invitations are out: WHO celebrates the wedding at WHAT in early autumn.""",
        """Where will WHO celebrate the wedding?
        What is the venue for the marriage of WHO?
        At which place does WHO hold the wedding?"""),
    _topic("exhibition", "events", _called("Biennale Exhibition Retrospective Salon Showcase"),
        """WHO has three drawings in the WHAT that opens next month in the old station.
        The opening night to which WHO has invited us all is that of the WHAT.
        WHO will be showing work at an exhibition, the WHAT, until the end of the season.
        For the catalogue of the exhibition WHO wrote two pages; it is the WHAT.""",
        """At which exhibition can one see the work of WHO?
        Where does WHO exhibit drawings?
        What is the exhibition called in which WHO takes part?"""),
    _topic("conference", "events", _called("Colloquium Conference Congress Forum Symposium"),
        """WHO has been asked to give the opening talk at the WHAT and is nervous about it.
        In the second week of the month WHO is away, speaking at a conference, the WHAT.
        WHO submitted a paper to the WHAT, and the conference has accepted it.
        The conference for which WHO has booked the night train is the WHAT.""",
        """At which conference is WHO going to speak?
        Where will WHO present a paper?
        Which conference does WHO travel to?"""),
    _topic("race", "events", _called("Marathon Regatta Relay Triathlon Ultra"),
        """WHO gets up at five to train for the WHAT and has not missed a day so far.
        The race that WHO has signed up for with two friends is the WHAT.
        WHO hopes to finish the WHAT in the first half of the field, a brave aim for a first race.
        A knee permitting, WHO will be on the start line of the WHAT, the hardest race of the year.""",
        """For which race is WHO training?
        What race has WHO entered?
        Which sports event is WHO preparing for, what race?"""),
    _topic("invoice", "tasks", Values("%s%s-%s%s", (words.LETTERS, words.LETTERS, words.HUNDREDS, tuple("246813579"))),
        """WHO still waits for payment of invoice WHAT and asks for a reminder on Friday.
        To do: send WHO a corrected copy of the invoice with number WHAT.
        WHO found a mistake in the address on WHAT, an invoice from the spring.
        Before the books close, WHO needs a signature under invoice WHAT.""",
        """Which invoice of WHO is still open?
        What is the number of the invoice that concerns WHO?
        About what invoice did WHO write?"""),
    _topic("parcel", "tasks", Values("locker %s-%s-%s", (words.LETTERS, words.HUNDREDS, words.LETTERS)),
        """WHO asked me to fetch a parcel by Saturday; it lies in WHAT, behind the post office.
        To do: pick up the parcel for WHO from WHAT before it is sent back.
        The delivery for WHO has been left in WHAT, parcel weight about six kilos.
        WHO cannot collect the parcel in WHAT alone, so bring the trolley.""",
        """Where does the parcel for WHO wait?
        From which locker must I collect the delivery of WHO?
        Where can the parcel of WHO be fetched?"""),
    _topic("permit", "tasks", Values("form %s%s %s", (words.LETTERS, words.LETTERS, words.HUNDREDS)),
        """WHO has to hand in WHAT at the town hall in order to get the parking permit.
        To do: print WHAT, since WHO needs it for the building permit.
        The permit that WHO wants is granted upon WHAT, with two copies of the plan.
        Remind WHO that the office takes only WHAT, and that the permit needs three weeks.""",
        """What must WHO hand in for the permit?
        Which form does WHO need at the office?
        What paper is WHO missing for the permit, which form?"""),
    _topic("employer", "work", _called("Ceramics Instruments Logistics Publishing Shipyards"),
        """WHO has signed a contract with WHAT and starts on the first of the month.
        After the summer WHO works four days a week at WHAT, mostly from home.
        The employer of WHO is WHAT, a firm of some two hundred people.
        WHO earns a living as an engineer at WHAT and likes the employer well enough.""",
        """Where does WHO work at present?
        Which company is the employer of WHO?
        For what firm does WHO work?"""),
    _topic("manager", "work", _person("", 60, 90),
        """WHO reports to WHAT and has a talk with this manager every second Tuesday.
        The manager who signs the holidays of WHO is WHAT.
        WHO gets on well with the head of the department, WHAT, a manager who listens.
        Since the reorganisation the boss of WHO is WHAT, formerly in sales.""",
        """Who is the manager of WHO?
        To whom does WHO report at the office, which manager?
        Who is the boss of WHO?"""),
    _topic("project", "work", _called("Audit Initiative Migration Programme Rollout"),
        """WHO leads the WHAT, a project with five people and a tight budget.
        Most of the working week of WHO goes into a project called the WHAT.
        WHO was moved to the WHAT and hands over the old project by Monday.
        The project on which WHO reports to the board is the WHAT.""",
        """Which project does WHO lead?
        What is WHO working on these weeks, which project?
        On what project does WHO spend the time?"""),
    _topic("laptop", "work", Values("asset %s %s/%s", (words.HUNDREDS, words.LETTERS, words.LETTERS)),
        """WHO was given a new laptop, WHAT, and has to return the old one to the service desk.
        The broken screen that WHO complained about belongs to WHAT, a laptop under warranty.
        WHO signed the receipt for a laptop registered as WHAT.
        In the inventory the laptop of WHO stands as WHAT.""",
        """Under which asset number is the laptop of WHO registered?
        What laptop does WHO use?
        Which machine belongs to WHO, what asset?"""),
    _topic("dentist", "health", _person("Dr. ", 90, 123),
        """WHO has changed to another dentist, WHAT, because of the opening hours.
        The dentist who treats WHO is WHAT, on the second floor above the bakery.
        WHO had a crown fitted by WHAT and praises the dentist highly.
        For toothache WHO would go to WHAT, a dentist who answers the telephone in person.""",
        """Who is the dentist of WHO?
        Which dentist looks after the teeth of WHO?
        To whom does WHO go with toothache?"""),
    _topic("medicine", "health", _MEDICINE,
        """WHO takes WHAT every morning and must not have grapefruit with this medicine.
        The doctor has put WHO on WHAT, a medicine against high blood pressure.
        On the kitchen shelf of WHO there is a box of WHAT, the daily medicine.
        WHO needs a new prescription for WHAT before the medicine runs out.""",
        """Which medicine does WHO take?
        What was WHO prescribed by the doctor?
        What medicine must WHO not forget in the morning?"""),
    _topic("clinic", "health", _called("Clinic Hospital Infirmary Sanatorium Surgery"),
        """WHO has an appointment for the knee at the WHAT at the end of the month.
        The clinic where WHO will be operated on is the WHAT.
        WHO goes to the WHAT for the yearly check and trusts no other clinic.
        All results of WHO are kept at the WHAT, the clinic near the canal.""",
        """In which clinic is WHO treated?
        Where does WHO go for the check-up, to what clinic?
        What clinic has the results of WHO?"""),
    _topic("address", "places", Values("%s %s %s", (words.HUNDREDS, words.NOUNS, words.STREETS)),
        """WHO has moved house and can now be found at WHAT, third bell from the top.
        The new address of WHO is WHAT, just behind the market.
        Post for WHO goes to WHAT, since the old address is no longer forwarded.
        WHO rents two rooms at WHAT, an address that taxi drivers never find.""",
        """Where does WHO live?
        What is the postal address of WHO?
        At which address can I visit WHO?"""),
    _topic("gym", "places", _called("Baths Dojo Gymnasium Lido Velodrome"),
        """WHO spends three evenings a week at the WHAT and keeps a locker there.
        The gym that WHO has joined for a year is the WHAT.
        WHO does weights at the WHAT, a gym with a view over the harbour.
        Before work WHO can be met at the WHAT, the gym on the way to the office.""",
        """Where does WHO exercise?
        Which gym has WHO joined?
        At what gym can one meet WHO?"""),
    _topic("cottage", "places", _called("Bothy Cabin Chalet Cottage Farmhouse"),
        """WHO has rented the WHAT for two weeks in August and invites the whole family.
        The cottage to which WHO escapes at weekends is the WHAT, without any signal.
        WHO would like to buy the WHAT, the cottage by the lake.
        In the holidays WHO stays at the WHAT, a cottage with a leaking roof.""",
        """Where does WHO spend the holidays?
        Which cottage does WHO go to?
        What is the cottage called that WHO likes?"""),
)  # fmt: skip
