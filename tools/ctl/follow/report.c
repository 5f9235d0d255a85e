// SPDX-License-Identifier: GPL-2.0
/*
 * The output of m6tctl follow: one line per event.
 */
#include <stdio.h>
#include <time.h>

#include "ctl/follow/follow.h"

static void report_path(const struct path *path)
{
	char local[INET_ADDRSTRLEN];
	char via[INET6_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &path->local, local, sizeof(local));
	if (path->family)
		inet_ntop(path->family, path->via, via, sizeof(via));
	if (!options.json) {
		printf(" link %s local %s", path->name, local);
		if (*via)
			printf(" via %s", via);
		return;
	}

	json_string("link", path->name);
	json_string("local", local);
	if (*via)
		json_string("via", via);
}

/* Print each line at once: the reader may be a program that acts on it. */
static void report_begin(const struct follow_dev *dev, const char *event)
{
	struct timespec now;

	if (!options.json) {
		printf("%s: %s", dev->dev.name, event);
		return;
	}

	clock_gettime(CLOCK_REALTIME, &now);
	json_open(NULL, '{');
	json_seconds("time", now.tv_sec * UINT64_C(1000000000) + now.tv_nsec);
	json_string("dev", dev->dev.name);
	json_string("event", event);
}

static void report_end(void)
{
	if (options.json)
		json_close('}');
	else
		putchar('\n');
	json_flush_line();
}

static void report_attachment(const struct facts *facts)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &facts->addr, text, sizeof(text));
	if (options.json)
		json_string("address", text);
	else
		printf(" address %s", text);
	if (facts->path.exists)
		report_path(&facts->path);
}

static void report_gateway(const struct facts *facts)
{
	struct endpoint endpoint = { .port = 0 };
	char text[INET_ADDRSTRLEN];

	gateways_get(facts, &endpoint);
	inet_ntop(AF_INET, &endpoint.addr, text, sizeof(text));
	if (options.json) {
		json_string("gateway", text);
		json_number("port", endpoint.port);
	} else {
		printf(" %s port %u", text, endpoint.port);
	}
}

/**
 * report_event - print an event of a device
 * @dev: the device
 * @event: the event
 */
void report_event(const struct follow_dev *dev, enum event event)
{
	static const char *const words[] = {
		[EVENT_ATTACHED] = "attached",
		[EVENT_RESTORED] = "restored",
		[EVENT_DETACHED] = "detached",
		[EVENT_GATEWAY] = "gateway",
	};

	report_begin(dev, words[event]);
	if (event == EVENT_GATEWAY)
		report_gateway(&dev->facts);
	else if (event != EVENT_DETACHED)
		report_attachment(&dev->facts);
	report_end();
}
