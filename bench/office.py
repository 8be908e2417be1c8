"""The agents' list of 50 and its search, over HTTP with an agent's session, among so many dossiers that residents filed."""
from machine import CONNECTIONS, load, request
from references import Django
from report import Row, median
from town import FORM, HOST, LISTED_FORM, LISTED_FORMS, Town, drafts, last_posts, typed_in

AGENT, CHUNK, ROUNDS = "agent@mesure.example", 5_000, 5
REQUESTS, OF_DJANGO = 200, 200
STREETS, WORDS = 300, ("jardin", "trottoir", "école", "marché", "clôture", "arbre", "lampadaire", "façade")
LIST = "/agents/demandes/"
LISTS = {"open": "?etat=ouvertes", "closed, oldest first": "?etat=terminees&tri=anciennes",
         "of a form": f"?demarche={LISTED_FORM}-0", "of a form in a status": f"?demarche={LISTED_FORM}-0&statut=nouveau",
         "waiting for me": "?etat=a-traiter", "last changed, open": "?etat=ouvertes&tri=modifiees"}
SEARCHES = {"a rare word": "?q=12345", "a name": "?q=nom40", "two words": "?q=nom40+marche", "a word of all": "?q=republique",
            "a word of all, in a form": f"?q=republique&demarche={LISTED_FORM}-0", "two letters": "?q=no", "nothing": "?q=introuvable"}


def answers_of(n):
    """By what a field asks, what the nth resident typed."""
    return {"Nom": f"Nom{n % 400}", "Prénom": f"Prénom{n * 7 % 97}", "Rue": f"{n % STREETS} rue de la République",
            "Message": f"Bonjour, mon {WORDS[n % 8]} est {WORDS[n * 3 % 8]} devant le numéro {n}, merci de passer.",
            "Suite": "terminee" if n // LISTED_FORMS % 10 < 7 else "ouverte"}


def file_all(town, count, forms=LISTED_FORMS):
    """Files through the pages of so many forms, so that each dossier is what a resident's would be."""
    marks = {label: f"mark-{label}" for label in answers_of(0) if label != "Suite"}
    typed = typed_in(town, f"/demarches/{LISTED_FORM}-0/1/", {**{f"^ {label}$": mark for label, mark in marks.items()}, "Suite": "ouverte"})
    label_of = {mark: label for label, mark in marks.items()}

    def fields_of(n):
        answers = answers_of(n)
        return [(name, answers[label_of[value]] if value in label_of else answers["Suite"] if value == "ouverte" else value)
                for name, value in typed]

    for start in range(0, count, CHUNK * forms):
        for form in range(forms):
            numbers = range(start + form, min(start + CHUNK * forms, count), forms)
            slug = f"{LISTED_FORM}-{form}"
            visitors = drafts(town, slug, len(numbers), lambda n, numbers=numbers: fields_of(numbers[n]))
            town.load(last_posts(town, slug, visitors), status=303)


def slowest(town, cookies, pages):
    """Of several questions, the one that takes longest: (ms, what, all). One at a time: what is measured is the server's answer."""
    times = {what: [] for what in pages}
    for _ in range(ROUNDS):
        for what, query in pages.items():
            times[what].append(town.load([town.get(LIST + query, cookies)] * REQUESTS, connections=1).p50_ms)
    medians = {what: round(median(one), 3) for what, one in times.items()}
    what = max(medians, key=medians.get)
    return medians[what], what, medians


def rate_of_django(django, path):
    return median(load(django.port, [request("GET", path, HOST)] * OF_DJANGO).rate for _ in range(3))


def measure(options):
    with Town() as town, Django() as django:
        town.define()
        town.add_agent(AGENT, "role-0", "role-1")
        town.start_pinned()
        file_all(town, options.dossiers)
        cookies = town.signed_in(AGENT).cookies
        list_ms, list_what, lists = slowest(town, cookies, LISTS)
        search_ms, search_what, searches = slowest(town, cookies, SEARCHES)
        list_rate = median(town.load([town.get(LIST + LISTS["of a form"], cookies)] * 2000).rate for _ in range(3))
        search_rate = median(town.load([town.get(LIST + SEARCHES["a name"], cookies)] * 2000).rate for _ in range(3))
        django_list, django_search = rate_of_django(django, "/list?f1=demande-0"), rate_of_django(django, "/search?q=nom40")
    among = f"among {options.dossiers:,}"
    return [Row(f"list of 50 {among}: {list_what}", list_ms, "ms", bar=3, at_most=True, more={"all_ms": lists}),
            Row(f"search {among}: {search_what}", search_ms, "ms", bar=5, at_most=True, more={"all_ms": searches}),
            Row("list of 50, of a form", list_rate, "/s", django_list, "Django, 100,000 rows by index"),
            Row("search, a name", search_rate, "/s", django_search, "Django, 100,000 rows, tsvector")]
