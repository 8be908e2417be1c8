/* The network that an address is counted under: who has one IPv6 address has 2^64 of them. */
#include "people/people.h"

#include <arpa/inet.h>
#include <string.h>

enum { IPV6_BYTES = 16, PREFIX_BYTES = 8 };

str network_of(struct arena *arena, str address)
{
    unsigned char bytes[IPV6_BYTES];
    static const unsigned char mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, str_z(arena, address), bytes) != 1)
        return address;
    if (memcmp(bytes, mapped, sizeof mapped) == 0)
        return str_dup(arena, str_of(inet_ntop(AF_INET, bytes + sizeof mapped, text, sizeof text)));
    memset(bytes + PREFIX_BYTES, 0, IPV6_BYTES - PREFIX_BYTES);
    return str_fmt(arena, "%s/64", inet_ntop(AF_INET6, bytes, text, sizeof text));
}
