"""What the template language is measured with: a text in Django's language, the same in Jinja2's, and its names."""
import json

FIELDS = 60

PAGE = "<dl>" + "".join(f"<dt>Champ {n}</dt><dd>{{{{ f{n} }}}}</dd>\n" for n in range(FIELDS)) + "</dl>"

TABLE = """<table>{% for row in rows %}
<tr class="{% if row.late %}late{% else %}{% cycle 'odd' 'even' %}{% endif %}"><td>{{ row.number }}</td><td>{{ row.name|upper }}</td>
<td>{{ row.status|default:"sans statut" }}</td><td>{% if row.amount > 100 %}<b>{{ row.amount }}</b>{% else %}{{ row.amount }}{% endif %}</td>
<td>{{ row.street|truncatechars:20 }}</td><td>{% if row.agent and not row.late %}{{ row.agent }}{% endif %}</td></tr>{% endfor %}
</table>"""

TABLE_JINJA = """<table>{% for row in rows %}
<tr class="{% if row.late %}late{% else %}{{ loop.cycle('odd', 'even') }}{% endif %}"><td>{{ row.number }}</td><td>{{ row.name|upper }}</td>
<td>{{ row.status|default("sans statut", true) }}</td><td>{% if row.amount > 100 %}<b>{{ row.amount }}</b>{% else %}{{ row.amount }}{% endif %}</td>
<td>{{ row.street|truncate(20, true, "…", 0) }}</td><td>{% if row.agent and not row.late %}{{ row.agent }}{% endif %}</td></tr>{% endfor %}
</table>"""

MAIL = """Bonjour {{ form_user_name }},

{% if form_var_type == "inscription" %}Votre demande d'inscription n°{{ form_number }} a bien été reçue.{% else %}Votre demande n°{{ form_number }} « {{ form_name }} » a bien été reçue.{% endif %}
{% if form_var_montant > 0 %}Montant à régler : {{ form_var_montant }} euros.
{% endif %}Adresse : {{ form_var_rue }} {{ form_var_cp }} {{ form_var_ville|upper }}
{% for piece in form_var_pieces %}- {{ piece }}
{% endfor %}{% if form_comment %}
Commentaire de l'agent : {{ form_comment }}
{% endif %}
Suivez votre demande : {{ form_url }}

{{ site_name }}
"""

CONDITION = 'form_var_type == "inscription" and form_var_montant > 10 and form_var_cp != "69000" and form_var_ville in villes'

WORDS = {"form_user_name": "Élodie Durand", "form_number": "12-345", "form_name": "Inscription scolaire", "form_var_type": "inscription",
         "form_var_montant": 42, "form_var_rue": "3 rue Pasteur", "form_var_cp": "69007", "form_var_ville": "Lyon",
         "form_var_pieces": ["justificatif de domicile", "livret de famille", "carnet de santé"], "form_comment": "Dossier complet & conforme.",
         "form_url": "https://demarches.exemple.fr/suivi/ABCDEFGH/", "site_name": "Ville de l'exemple", "villes": ["Bron", "Lyon", "Oullins"]}

ROWS = [{"number": n, "name": f"Durand {n}", "status": "Reçue" if n % 3 else "", "amount": n % 250, "street": f"{n} rue du Président Édouard Herriot",
         "agent": f"agent-{n % 7}" if n % 2 else "", "late": n % 11 == 0} for n in range(200)]

CASES = [
    {"name": "page of 60 substitutions", "kind": "html", "django": PAGE, "jinja": PAGE,
     "context": {f"f{n}": f"valeur {n} <b> & « l'été »" for n in range(FIELDS)}},
    {"name": "table of 200 rows × 6", "kind": "html", "django": TABLE, "jinja": TABLE_JINJA, "context": {"rows": ROWS}},
    {"name": "mail", "kind": "text", "django": MAIL, "jinja": MAIL, "context": WORDS},
    {"name": "condition of four comparisons", "kind": "condition", "django": CONDITION, "jinja": CONDITION, "context": WORDS},
]


def texts_of(document, key=""):
    """The texts of the language that a definition holds: (kind, text)."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from texts_of(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from texts_of(value, key)
    elif isinstance(document, str) and key == "condition" and document:
        yield "condition", document
    elif isinstance(document, str) and ("{{" in document or "{%" in document):
        yield "html", document


def all_texts(documents):
    return [{"kind": kind, "text": text} for document in documents for kind, text in texts_of(json.loads(document))]
