package org.precertocsp.responder.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.ChannelConfig;

/// The section `alerts`: deadlines and channels of alerts.
final class AlertSection {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final URI NOWHERE = URI.create("http://localhost/");

    private final FileFormats files;
    private final Path store;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> targets = new HashMap<>();

    AlertSection(FileFormats files, Path store) {
        this.files = files;
        this.store = store;
    }

    AlertConfig read(Section alerts) {
        Path beside = store.resolveSibling(store.getFileName() + "-alerts");
        AlertConfig config =
                new AlertConfig(
                        alerts.value("directory", files.directory(), beside),
                        alerts.value("deadline", Formats.duration(MINUTE, DAY), DAY),
                        alerts.value("repeat", Formats.duration(MINUTE, DAY), HOUR),
                        alerts.value("settle", Formats.duration(Duration.ZERO, DAY), HOUR),
                        expiry(alerts),
                        alerts.value(
                                "log", Formats.choice(Map.of("true", true, "false", false)), true),
                        alerts.sections("channels", this::channel).stream()
                                .flatMap(Optional::stream)
                                .toList());
        // Without this section alerts go to the log alone, and the start warns of it: a
        // demonstration
        // has no pager. A section that configures channels, but too few, is an error.
        if (!config.isIndependent() && (!config.channels().isEmpty() || !config.log())) {
            alerts.problem(
                    "sends alerts in %d ways; at least two are required that do not depend on each"
                                    .formatted(config.channels().size() + (config.log() ? 1 : 0))
                            + " other (NSR 3.2.2): list another under channels, or log: true");
        }
        return config;
    }

    private static List<Duration> expiry(Section alerts) {
        List<Duration> leads =
                alerts.values("expiry", Formats.duration(HOUR, Duration.ofDays(366))).stream()
                        .map(Located::value)
                        .toList();
        return leads.isEmpty() ? AlertConfig.USUAL_EXPIRY : leads;
    }

    /// The webhook or command of another section, such as `http.cache.purge`.
    static List<ChannelConfig> senders(Section section, String name, FileFormats files) {
        List<ChannelConfig> senders = new ArrayList<>();
        section.optionalSection("webhook", it -> webhook(name, it, files)).ifPresent(senders::add);
        section.optionalSection("command", it -> command(name, it)).ifPresent(senders::add);
        return senders;
    }

    private Optional<ChannelConfig> channel(Section channel) {
        String name = channel.required("name", Formats.name(), "");
        if (name.equals("log")) {
            channel.problem("name", "log is the log's own name: choose another");
        } else if (!name.isEmpty() && names.put(name, name) != null) {
            channel.problem("name", "is the name of another channel too: " + name);
        }
        List<ChannelConfig> kinds = new ArrayList<>();
        channel.optionalSection("webhook", it -> webhook(name, it, files)).ifPresent(kinds::add);
        channel.optionalSection("command", it -> command(name, it)).ifPresent(kinds::add);
        channel.optionalSection("alertmanager", it -> manager(name, it)).ifPresent(kinds::add);
        if (kinds.size() != 1) {
            channel.problem(
                    "is %d channels: exactly one of webhook, command or alertmanager"
                            .formatted(kinds.size()));
            return Optional.empty();
        }
        String other = targets.putIfAbsent(kinds.getFirst().target(), name);
        if (other != null) {
            channel.problem(
                    "sends to the same target as %s, so one failure silences both"
                            .formatted(other));
        }
        return Optional.of(kinds.getFirst());
    }

    private static ChannelConfig webhook(String name, Section webhook, FileFormats files) {
        return new ChannelConfig.Webhook(
                name,
                webhook.required("url", Formats.webAddress(), NOWHERE),
                new Secrets(files).optional(webhook, "token"),
                timeout(webhook, Duration.ofSeconds(10)));
    }

    private ChannelConfig manager(String name, Section manager) {
        return new ChannelConfig.Alertmanager(
                name,
                manager.required("url", Formats.webAddress(), NOWHERE),
                new Secrets(files).optional(manager, "token"),
                timeout(manager, Duration.ofSeconds(10)));
    }

    private static ChannelConfig command(String name, Section command) {
        List<String> run =
                command.values("run", Formats.text()).stream().map(Located::value).toList();
        if (run.isEmpty()) {
            command.problem(
                    "run",
                    "is missing: write the program and its arguments, as [/usr/bin/page, -v]");
        }
        return new ChannelConfig.Command(name, run, timeout(command, Duration.ofSeconds(30)));
    }

    private static Duration timeout(Section section, Duration usual) {
        return section.value(
                "timeout", Formats.duration(Duration.ofMillis(100), Duration.ofMinutes(5)), usual);
    }
}
