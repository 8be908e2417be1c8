"""A form's page: twelve fields, for visitors in the middle of it (a session's cookie, a draft that is read), 64 at once."""
from machine import load, request
from references import Django, Nginx
from report import Row, median
from town import FORM, HOST, Town, drafts, typed_in

VISITORS, ROUNDS = 500, 5
REQUESTS, OF_NGINX, OF_DJANGO = 10_000, 40_000, 600
PAGE = f"/demarches/{FORM}/1/"


def measure(_options):
    with Town() as town:
        town.define()
        town.start_pinned()
        typed = typed_in(town, PAGE)
        visitors = drafts(town, FORM, VISITORS, lambda n: typed)
        pages = [town.get(PAGE, cookies) for cookies, _ in visitors] * (REQUESTS // VISITORS)
        content = load(town.port, pages[:1], keep=True).answers[0].partition(b"\r\n\r\n")[2]
        with Nginx(content) as nginx, Django() as django:
            files = [request("GET", "/page", HOST)] * OF_NGINX
            forms = [request("GET", "/", HOST)] * OF_DJANGO
            ours, of_nginx, of_django = [], [], []
            for _ in range(ROUNDS):
                of_nginx.append(load(nginx.port, files, server=nginx.process.pid))
                ours.append(town.load(pages))
                of_django.append(load(django.port, forms))
    rate = median(one.rate for one in ours)
    more = {"bytes": len(content), "cpu_us": median(one.cpu_us for one in ours), "p99_ms": median(one.p99_ms for one in ours),
            "nginx_cpu_us": median(one.cpu_us for one in of_nginx)}
    return [Row("form page, GET", rate, "/s", median(one.rate for one in of_nginx), f"nginx, a file of {len(content):,} bytes", 0.40, more=more),
            Row("form page, GET", rate, "/s", median(one.rate for one in of_django), "Django on gunicorn")]
