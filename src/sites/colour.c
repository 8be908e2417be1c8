#include "sites/colour.h"

#include <math.h>

bool colour_parse(str text, struct colour *out)
{
    int digits[6];
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (int i = 0; i < 6; i++)
        if ((digits[i] = hex_digit(text.ptr[i + 1])) < 0)
            return false;
    *out = (struct colour){(unsigned char)(digits[0] * 16 + digits[1]), (unsigned char)(digits[2] * 16 + digits[3]),
                           (unsigned char)(digits[4] * 16 + digits[5])};
    return true;
}

static double linear(unsigned char channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour colour)
{
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

double colour_contrast(struct colour a, struct colour b)
{
    double first = luminance(a), second = luminance(b);
    double light = fmax(first, second), dark = fmin(first, second);
    return (light + 0.05) / (dark + 0.05);
}
