/* Which addresses are public: the registries of special-purpose addresses (RFC 6890), by their bits. */
#include "fetch/fetch.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct range {
    uint32_t network;
    int bits;
};

static const struct range not_public[] = {
    {0x00000000, 8},  /* this network */
    {0x0A000000, 8},  /* private */
    {0x64400000, 10}, /* shared, behind carriers' NAT */
    {0x7F000000, 8},  /* loopback */
    {0xA9FE0000, 16}, /* link-local, where clouds keep their metadata */
    {0xAC100000, 12}, /* private */
    {0xC0000000, 24}, /* protocol assignments */
    {0xC0000200, 24}, /* documentation */
    {0xC0586300, 24}, /* 6to4 relays */
    {0xC0A80000, 16}, /* private */
    {0xC6120000, 15}, /* benchmarks */
    {0xC6336400, 24}, /* documentation */
    {0xCB007100, 24}, /* documentation */
    {0xE0000000, 4},  /* multicast */
    {0xF0000000, 4},  /* reserved, broadcast */
};

static bool is_public_v4(uint32_t address)
{
    for (size_t i = 0; i < sizeof not_public / sizeof *not_public; i++)
        if ((address ^ not_public[i].network) >> (32 - not_public[i].bits) == 0)
            return false;
    return true;
}

static uint32_t word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Global unicast is 2000::/3; within it some ranges lead elsewhere. */
static bool is_public_v6(const uint8_t *at)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    uint32_t first = word(at);
    if (memcmp(at, mapped, sizeof mapped) == 0)
        return is_public_v4(word(at + 12));
    if (first >> 29 != 1)
        return false;
    bool is_assignment = first >> 9 == 0x20010000 >> 9; /* 2001::/23: Teredo, ORCHID … */
    bool is_documentation = first == 0x20010DB8 || first >> 12 == 0x3FFF0000 >> 12;
    bool is_6to4 = first >> 16 == 0x2002;
    return !is_assignment && !is_documentation && !is_6to4;
}

bool fetch_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_public_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return is_public_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}
