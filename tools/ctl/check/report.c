// SPDX-License-Identifier: GPL-2.0
/*
 * The results of the checks, as text and as JSON, and the verdict.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/check/report.h"
#include "lib/json.h"
#include "lib/say.h"

static struct {
	const char *dev;	/* device of the next results */
	unsigned int failed;
	unsigned int warnings;
	unsigned int skipped;
	char first[CHECK_TEXT];	/* first failed check */
} said;

static const char *const report_words[] = {
	[CHECK_OK] = "ok",
	[CHECK_WARNING] = "warning",
	[CHECK_FAILED] = "failed",
	[CHECK_SKIPPED] = "skipped",
};

/**
 * report_about - the next results are about one device
 * @dev: its name, not copied; NULL: about none
 */
void report_about(const char *dev)
{
	said.dev = dev;
	if (dev && !options.json)
		printf("%s:\n", dev);
}

static void report_print(const char *check, const char *result,
			 const char *text)
{
	if (!options.json) {
		printf("%s%-8s %-11s %s\n", said.dev ? "  " : "", result,
		       check, text);
	} else {
		json_begin();
		json_open(NULL, '{');
		json_string("dev", said.dev);
		json_string("check", check);
		json_string("result", result);
		json_string("text", text);
		json_close('}');
	}
	/* Some checks take their time. */
	fflush(stdout);
}

/**
 * report - print the result of a check
 * @check: its name, one word
 * @result: its result
 * @format: one sentence, without a full stop
 */
void report(const char *check, enum check_result result, const char *format,
	    ...)
{
	char text[4 * CHECK_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	if (result == CHECK_FAILED && !said.failed++)
		snprintf(said.first, sizeof(said.first), "%s%s%s",
			 said.dev ? said.dev : "", said.dev ? ": " : "",
			 check);
	if (result == CHECK_WARNING)
		said.warnings++;
	if (result == CHECK_SKIPPED)
		said.skipped++;
	report_print(check, report_words[result], text);
}

/**
 * report_verdict - print the last line
 *
 * Return: %STATUS_DONE if no check failed, else %STATUS_REFUSED.
 */
int report_verdict(void)
{
	char text[2 * CHECK_TEXT];

	report_about(NULL);
	if (said.failed > 1)
		snprintf(text, sizeof(text),
			 "%u problems found: begin with \"%s\"",
			 said.failed, said.first);
	else if (said.failed)
		snprintf(text, sizeof(text),
			 "one problem found: see \"%s\"",
			 said.first);
	else
		snprintf(text, sizeof(text),
			 "no problem found%s%s",
			 said.warnings ? ", but see the warnings" : "",
			 said.skipped ? ", and not all could be checked" :
					"");

	report_print("verdict", report_words[said.failed ? CHECK_FAILED :
							  CHECK_OK], text);
	if (options.json)
		json_end();
	return said.failed ? STATUS_REFUSED : STATUS_DONE;
}
