/* The languages that Django 3.2 knows, in the order of its list, with their names in English, French and their own. */
#include "template/languages.h"

static const struct language languages[] = {
    {STR_INIT("af"), STR_INIT("Afrikaans"), STR_INIT("Afrikaans"), STR_INIT("Afrikaans"), false},
    {STR_INIT("ar"), STR_INIT("Arabic"), STR_INIT("Arabe"), STR_INIT("العربيّة"), true},
    {STR_INIT("ar-dz"), STR_INIT("Algerian Arabic"), STR_INIT("Arabe algérien"), STR_INIT("العربية الجزائرية"), true},
    {STR_INIT("ast"), STR_INIT("Asturian"), STR_INIT("Asturien"), STR_INIT("asturianu"), false},
    {STR_INIT("az"), STR_INIT("Azerbaijani"), STR_INIT("Azéri"), STR_INIT("Azərbaycanca"), true},
    {STR_INIT("bg"), STR_INIT("Bulgarian"), STR_INIT("Bulgare"), STR_INIT("български"), false},
    {STR_INIT("be"), STR_INIT("Belarusian"), STR_INIT("Biélorusse"), STR_INIT("беларуская"), false},
    {STR_INIT("bn"), STR_INIT("Bengali"), STR_INIT("Bengali"), STR_INIT("বাংলা"), false},
    {STR_INIT("br"), STR_INIT("Breton"), STR_INIT("Breton"), STR_INIT("brezhoneg"), false},
    {STR_INIT("bs"), STR_INIT("Bosnian"), STR_INIT("Bosniaque"), STR_INIT("bosanski"), false},
    {STR_INIT("ca"), STR_INIT("Catalan"), STR_INIT("Catalan"), STR_INIT("català"), false},
    {STR_INIT("cs"), STR_INIT("Czech"), STR_INIT("Tchèque"), STR_INIT("česky"), false},
    {STR_INIT("cy"), STR_INIT("Welsh"), STR_INIT("Gallois"), STR_INIT("Cymraeg"), false},
    {STR_INIT("da"), STR_INIT("Danish"), STR_INIT("Danois"), STR_INIT("dansk"), false},
    {STR_INIT("de"), STR_INIT("German"), STR_INIT("Allemand"), STR_INIT("Deutsch"), false},
    {STR_INIT("dsb"), STR_INIT("Lower Sorbian"), STR_INIT("Bas-sorabe"), STR_INIT("dolnoserbski"), false},
    {STR_INIT("el"), STR_INIT("Greek"), STR_INIT("Grec"), STR_INIT("Ελληνικά"), false},
    {STR_INIT("en"), STR_INIT("English"), STR_INIT("Anglais"), STR_INIT("English"), false},
    {STR_INIT("en-au"), STR_INIT("Australian English"), STR_INIT("Anglais australien"), STR_INIT("Australian English"),
     false},
    {STR_INIT("en-gb"), STR_INIT("British English"), STR_INIT("Anglais britannique"), STR_INIT("British English"),
     false},
    {STR_INIT("eo"), STR_INIT("Esperanto"), STR_INIT("Espéranto"), STR_INIT("Esperanto"), false},
    {STR_INIT("es"), STR_INIT("Spanish"), STR_INIT("Espagnol"), STR_INIT("español"), false},
    {STR_INIT("es-ar"), STR_INIT("Argentinian Spanish"), STR_INIT("Espagnol argentin"),
     STR_INIT("español de Argentina"), false},
    {STR_INIT("es-co"), STR_INIT("Colombian Spanish"), STR_INIT("Espagnol colombien"), STR_INIT("español de Colombia"),
     false},
    {STR_INIT("es-mx"), STR_INIT("Mexican Spanish"), STR_INIT("Espagnol mexicain"), STR_INIT("español de Mexico"),
     false},
    {STR_INIT("es-ni"), STR_INIT("Nicaraguan Spanish"), STR_INIT("Espagnol nicaraguayen"),
     STR_INIT("español de Nicaragua"), false},
    {STR_INIT("es-ve"), STR_INIT("Venezuelan Spanish"), STR_INIT("Espagnol vénézuélien"),
     STR_INIT("español de Venezuela"), false},
    {STR_INIT("et"), STR_INIT("Estonian"), STR_INIT("Estonien"), STR_INIT("eesti"), false},
    {STR_INIT("eu"), STR_INIT("Basque"), STR_INIT("Basque"), STR_INIT("Basque"), false},
    {STR_INIT("fa"), STR_INIT("Persian"), STR_INIT("Perse"), STR_INIT("فارسی"), true},
    {STR_INIT("fi"), STR_INIT("Finnish"), STR_INIT("Finlandais"), STR_INIT("suomi"), false},
    {STR_INIT("fr"), STR_INIT("French"), STR_INIT("Français"), STR_INIT("français"), false},
    {STR_INIT("fy"), STR_INIT("Frisian"), STR_INIT("Frison"), STR_INIT("frysk"), false},
    {STR_INIT("ga"), STR_INIT("Irish"), STR_INIT("Irlandais"), STR_INIT("Gaeilge"), false},
    {STR_INIT("gd"), STR_INIT("Scottish Gaelic"), STR_INIT("Gaélique écossais"), STR_INIT("Gàidhlig"), false},
    {STR_INIT("gl"), STR_INIT("Galician"), STR_INIT("Galicien"), STR_INIT("galego"), false},
    {STR_INIT("he"), STR_INIT("Hebrew"), STR_INIT("Hébreu"), STR_INIT("עברית"), true},
    {STR_INIT("hi"), STR_INIT("Hindi"), STR_INIT("Hindi"), STR_INIT("हिंदी"), false},
    {STR_INIT("hr"), STR_INIT("Croatian"), STR_INIT("Croate"), STR_INIT("Hrvatski"), false},
    {STR_INIT("hsb"), STR_INIT("Upper Sorbian"), STR_INIT("Haut-sorabe"), STR_INIT("hornjoserbsce"), false},
    {STR_INIT("hu"), STR_INIT("Hungarian"), STR_INIT("Hongrois"), STR_INIT("Magyar"), false},
    {STR_INIT("hy"), STR_INIT("Armenian"), STR_INIT("Arménien"), STR_INIT("հայերեն"), false},
    {STR_INIT("ia"), STR_INIT("Interlingua"), STR_INIT("Interlingua"), STR_INIT("Interlingua"), false},
    {STR_INIT("id"), STR_INIT("Indonesian"), STR_INIT("Indonésien"), STR_INIT("Bahasa Indonesia"), false},
    {STR_INIT("ig"), STR_INIT("Igbo"), STR_INIT("Igbo"), STR_INIT("Asụsụ Ìgbò"), false},
    {STR_INIT("io"), STR_INIT("Ido"), STR_INIT("Ido"), STR_INIT("ido"), false},
    {STR_INIT("is"), STR_INIT("Icelandic"), STR_INIT("Islandais"), STR_INIT("Íslenska"), false},
    {STR_INIT("it"), STR_INIT("Italian"), STR_INIT("Italien"), STR_INIT("italiano"), false},
    {STR_INIT("ja"), STR_INIT("Japanese"), STR_INIT("Japonais"), STR_INIT("日本語"), false},
    {STR_INIT("ka"), STR_INIT("Georgian"), STR_INIT("Géorgien"), STR_INIT("ქართული"), false},
    {STR_INIT("kab"), STR_INIT("Kabyle"), STR_INIT("Kabyle"), STR_INIT("taqbaylit"), false},
    {STR_INIT("kk"), STR_INIT("Kazakh"), STR_INIT("Kazakh"), STR_INIT("Қазақ"), false},
    {STR_INIT("km"), STR_INIT("Khmer"), STR_INIT("Khmer"), STR_INIT("Khmer"), false},
    {STR_INIT("kn"), STR_INIT("Kannada"), STR_INIT("Kannada"), STR_INIT("Kannada"), false},
    {STR_INIT("ko"), STR_INIT("Korean"), STR_INIT("Coréen"), STR_INIT("한국어"), false},
    {STR_INIT("ky"), STR_INIT("Kyrgyz"), STR_INIT("Kirghiz"), STR_INIT("Кыргызча"), false},
    {STR_INIT("lb"), STR_INIT("Luxembourgish"), STR_INIT("Luxembourgeois"), STR_INIT("Lëtzebuergesch"), false},
    {STR_INIT("lt"), STR_INIT("Lithuanian"), STR_INIT("Lituanien"), STR_INIT("Lietuviškai"), false},
    {STR_INIT("lv"), STR_INIT("Latvian"), STR_INIT("Letton"), STR_INIT("latviešu"), false},
    {STR_INIT("mk"), STR_INIT("Macedonian"), STR_INIT("Macédonien"), STR_INIT("Македонски"), false},
    {STR_INIT("ml"), STR_INIT("Malayalam"), STR_INIT("Malayalam"), STR_INIT("മലയാളം"), false},
    {STR_INIT("mn"), STR_INIT("Mongolian"), STR_INIT("Mongole"), STR_INIT("Mongolian"), false},
    {STR_INIT("mr"), STR_INIT("Marathi"), STR_INIT("Marathi"), STR_INIT("मराठी"), false},
    {STR_INIT("my"), STR_INIT("Burmese"), STR_INIT("Birman"), STR_INIT("မြန်မာဘာသာ"), false},
    {STR_INIT("nb"), STR_INIT("Norwegian Bokmal"), STR_INIT("Norvégien (bokmål)"), STR_INIT("norsk (bokmål)"), false},
    {STR_INIT("ne"), STR_INIT("Nepali"), STR_INIT("Népalais"), STR_INIT("नेपाली"), false},
    {STR_INIT("nl"), STR_INIT("Dutch"), STR_INIT("Hollandais"), STR_INIT("Nederlands"), false},
    {STR_INIT("nn"), STR_INIT("Norwegian Nynorsk"), STR_INIT("Norvégien nynorsk"), STR_INIT("norsk (nynorsk)"), false},
    {STR_INIT("os"), STR_INIT("Ossetic"), STR_INIT("Ossète"), STR_INIT("Ирон"), false},
    {STR_INIT("pa"), STR_INIT("Punjabi"), STR_INIT("Penjabi"), STR_INIT("Punjabi"), false},
    {STR_INIT("pl"), STR_INIT("Polish"), STR_INIT("Polonais"), STR_INIT("polski"), false},
    {STR_INIT("pt"), STR_INIT("Portuguese"), STR_INIT("Portugais"), STR_INIT("Português"), false},
    {STR_INIT("pt-br"), STR_INIT("Brazilian Portuguese"), STR_INIT("Portugais brésilien"),
     STR_INIT("Português Brasileiro"), false},
    {STR_INIT("ro"), STR_INIT("Romanian"), STR_INIT("Roumain"), STR_INIT("Română"), false},
    {STR_INIT("ru"), STR_INIT("Russian"), STR_INIT("Russe"), STR_INIT("Русский"), false},
    {STR_INIT("sk"), STR_INIT("Slovak"), STR_INIT("Slovaque"), STR_INIT("Slovensky"), false},
    {STR_INIT("sl"), STR_INIT("Slovenian"), STR_INIT("Slovène"), STR_INIT("Slovenščina"), false},
    {STR_INIT("sq"), STR_INIT("Albanian"), STR_INIT("Albanais"), STR_INIT("shqip"), false},
    {STR_INIT("sr"), STR_INIT("Serbian"), STR_INIT("Serbe"), STR_INIT("српски"), false},
    {STR_INIT("sr-latn"), STR_INIT("Serbian Latin"), STR_INIT("Serbe latin"), STR_INIT("srpski (latinica)"), false},
    {STR_INIT("sv"), STR_INIT("Swedish"), STR_INIT("Suédois"), STR_INIT("svenska"), false},
    {STR_INIT("sw"), STR_INIT("Swahili"), STR_INIT("Swahili"), STR_INIT("Kiswahili"), false},
    {STR_INIT("ta"), STR_INIT("Tamil"), STR_INIT("Tamoul"), STR_INIT("தமிழ்"), false},
    {STR_INIT("te"), STR_INIT("Telugu"), STR_INIT("Télougou"), STR_INIT("తెలుగు"), false},
    {STR_INIT("tg"), STR_INIT("Tajik"), STR_INIT("Tadjik"), STR_INIT("тоҷикӣ"), false},
    {STR_INIT("th"), STR_INIT("Thai"), STR_INIT("Thaï"), STR_INIT("ภาษาไทย"), false},
    {STR_INIT("tk"), STR_INIT("Turkmen"), STR_INIT("Turkmène"), STR_INIT("Türkmençe"), false},
    {STR_INIT("tr"), STR_INIT("Turkish"), STR_INIT("Turc"), STR_INIT("Türkçe"), false},
    {STR_INIT("tt"), STR_INIT("Tatar"), STR_INIT("Tatar"), STR_INIT("Татарча"), false},
    {STR_INIT("udm"), STR_INIT("Udmurt"), STR_INIT("Oudmourte"), STR_INIT("Удмурт"), false},
    {STR_INIT("uk"), STR_INIT("Ukrainian"), STR_INIT("Ukrainien"), STR_INIT("Українська"), false},
    {STR_INIT("ur"), STR_INIT("Urdu"), STR_INIT("Ourdou"), STR_INIT("اردو"), true},
    {STR_INIT("uz"), STR_INIT("Uzbek"), STR_INIT("Ouzbek"), STR_INIT("oʻzbek tili"), false},
    {STR_INIT("vi"), STR_INIT("Vietnamese"), STR_INIT("Vietnamien"), STR_INIT("Tiếng Việt"), false},
    {STR_INIT("zh-hans"), STR_INIT("Simplified Chinese"), STR_INIT("Chinois simplifié"), STR_INIT("简体中文"), false},
    {STR_INIT("zh-hant"), STR_INIT("Traditional Chinese"), STR_INIT("Chinois traditionnel"), STR_INIT("繁體中文"),
     false},
    {STR_INIT("no"), STR_INIT("Norwegian"), STR_INIT("Norvégien"), STR_INIT("norsk"), false},
};

enum {
    COUNT = sizeof languages / sizeof *languages,
    LISTED = COUNT - 1
}; /* Norwegian is known, its two forms listed */

static const struct language *find_exactly(str code)
{
    for (size_t i = 0; i < COUNT; i++)
        if (str_eq(languages[i].code, code))
            return &languages[i];
    return NULL;
}

const struct language *language_find(str code)
{
    const struct language *found = find_exactly(code);
    str generic, rest;
    return found != NULL || !str_cut(code, '-', &generic, &rest) ? found : find_exactly(generic);
}

const struct language *language_at(size_t index)
{
    return index < LISTED ? &languages[index] : NULL;
}
