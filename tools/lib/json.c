// SPDX-License-Identifier: GPL-2.0
/*
 * Write JSON to standard output: commas, quotes and, with -p, line breaks.
 */
#include <inttypes.h>
#include <stdio.h>
#include <arpa/inet.h>

#include "lib/json.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

static struct {
	unsigned int depth;
	bool begun;	/* the outermost array was opened */
	bool follows;	/* not the first value of this level */
	bool plain;	/* one line, even with -p */
} json;

static void json_indent(void)
{
	if (options.pretty && !json.plain)
		printf("\n%*s", (int)json.depth * 4, "");
}

static void json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char byte = *text;

		if (byte == '"' || byte == '\\')
			printf("\\%c", byte);
		else if (byte < 0x20 || byte == 0x7f)
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	putchar('"');
}

/* Print what precedes a value: a comma, a line break, its key. */
static void json_lead(const char *key)
{
	if (json.follows)
		putchar(',');
	if (json.depth)
		json_indent();
	json.follows = true;
	if (!key)
		return;

	json_text(key);
	putchar(':');
	if (options.pretty && !json.plain)
		putchar(' ');
}

/**
 * json_begin - open the one array that a command prints, if not yet open
 *
 * To be called with the first object: a failed command prints nothing.
 */
void json_begin(void)
{
	if (json.begun)
		return;
	json.begun = true;
	json_open(NULL, '[');
}

/**
 * json_begun - whether json_begin() was called
 *
 * Return: true if it was.
 */
bool json_begun(void)
{
	return json.begun;
}

/**
 * json_end - close the array of json_begin()
 */
void json_end(void)
{
	json_close(']');
	json.begun = false;
	json.follows = false;
	putchar('\n');
}

/**
 * json_flush_line - end a line that holds one object, outside of any array
 *
 * From the first call on, -p is ignored.
 */
void json_flush_line(void)
{
	if (json.follows)
		putchar('\n');
	fflush(stdout);
	json.follows = false;
	json.plain = true;
}

/**
 * json_open - open an array or an object
 * @key: its key, NULL in an array
 * @bracket: '[' or '{'
 */
void json_open(const char *key, char bracket)
{
	json_lead(key);
	putchar(bracket);
	json.depth++;
	json.follows = false;
}

/**
 * json_close - close an array or an object
 * @bracket: ']' or '}'
 */
void json_close(char bracket)
{
	json.depth--;
	if (json.follows)
		json_indent();
	putchar(bracket);
	json.follows = true;
}

/**
 * json_number - write a number
 * @key: its key, NULL in an array
 * @value: the number
 */
void json_number(const char *key, uint64_t value)
{
	json_lead(key);
	printf("%" PRIu64, value);
}

/**
 * json_signed - write a number that may be negative
 * @key: its key
 * @value: the number
 */
void json_signed(const char *key, int64_t value)
{
	json_lead(key);
	printf("%" PRId64, value);
}

/**
 * json_seconds - write a time as seconds with a fraction
 * @key: its key
 * @ns: the time in nanoseconds; a double has no room for it
 */
void json_seconds(const char *key, uint64_t ns)
{
	json_lead(key);
	printf("%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
}

/**
 * json_boolean - write true or false
 * @key: its key, NULL in an array
 * @value: which
 */
void json_boolean(const char *key, bool value)
{
	json_lead(key);
	fputs(value ? "true" : "false", stdout);
}

/**
 * json_string - write a string
 * @key: its key, NULL in an array
 * @value: the string, NULL: write null
 */
void json_string(const char *key, const char *value)
{
	json_lead(key);
	if (value)
		json_text(value);
	else
		fputs("null", stdout);
}

/**
 * json_ipv4 - write an IPv4 address
 * @key: its key
 * @attr: the address; absent or 0: write null
 */
void json_ipv4(const char *key, const struct nlattr *attr)
{
	const struct in_addr *addr = nl_bytes(attr, sizeof(*addr));
	char buf[INET_ADDRSTRLEN];

	json_string(key, addr && addr->s_addr ?
		    inet_ntop(AF_INET, addr, buf, sizeof(buf)) : NULL);
}

/**
 * json_ipv6 - write an IPv6 address
 * @key: its key
 * @attr: the address; absent: write null
 */
void json_ipv6(const char *key, const struct nlattr *attr)
{
	const struct in6_addr *addr = nl_bytes(attr, sizeof(*addr));
	char buf[INET6_ADDRSTRLEN];

	json_string(key, addr ?
		    inet_ntop(AF_INET6, addr, buf, sizeof(buf)) : NULL);
}

/**
 * json_port - write a UDP port
 * @key: its key
 * @attr: the port; absent or 0: write null
 */
void json_port(const char *key, const struct nlattr *attr)
{
	if (nl_be16(attr))
		json_number(key, nl_be16(attr));
	else
		json_string(key, NULL);
}
