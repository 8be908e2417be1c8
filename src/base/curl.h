/* libcurl, which a process starts once, before its first use by any thread. */
#ifndef GUICHET_BASE_CURL_H
#define GUICHET_BASE_CURL_H

void curl_start(void);

#endif
