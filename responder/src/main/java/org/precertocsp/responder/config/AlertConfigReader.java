package org.precertocsp.responder.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.responder.alert.AlertChannelConfig;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.config.ConfigSection.LocatedValue;

/// The section `alerts`: deadlines and channels of alerts.
final class AlertConfigReader {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final URI NOWHERE = URI.create("http://localhost/");

    private final FileParsers files;
    private final Path store;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> targets = new HashMap<>();

    AlertConfigReader(FileParsers files, Path store) {
        this.files = files;
        this.store = store;
    }

    AlertConfig read(ConfigSection alerts) {
        Path beside = store.resolveSibling(store.getFileName() + "-alerts");
        AlertConfig config =
                new AlertConfig(
                        alerts.value("directory", files.directory(), beside),
                        alerts.value("deadline", ValueParsers.duration(MINUTE, DAY), DAY),
                        alerts.value("repeat", ValueParsers.duration(MINUTE, DAY), HOUR),
                        alerts.value("settle", ValueParsers.duration(Duration.ZERO, DAY), HOUR),
                        expiry(alerts),
                        alerts.value(
                                "log",
                                ValueParsers.choice(Map.of("true", true, "false", false)),
                                true),
                        alerts.sections("channels", this::channel).stream()
                                .flatMap(Optional::stream)
                                .toList());
        // Without this section alerts go to the log alone, and the start warns of it: a
        // demonstration has no pager. A section that configures channels, but too few, is an error.
        if (!config.isIndependent() && (!config.channels().isEmpty() || !config.log())) {
            alerts.problem(
                    "sends alerts in %d ways; at least two are required that do not depend on each"
                                    .formatted(config.channels().size() + (config.log() ? 1 : 0))
                            + " other (NSR 3.2.2): list another under channels, or log: true");
        }
        return config;
    }

    private static List<Duration> expiry(ConfigSection alerts) {
        List<Duration> leads =
                alerts.values("expiry", ValueParsers.duration(HOUR, Duration.ofDays(366))).stream()
                        .map(LocatedValue::value)
                        .toList();
        return leads.isEmpty() ? AlertConfig.USUAL_EXPIRY : leads;
    }

    /// The webhook or command of another section, such as `http.cache.purge`.
    static List<AlertChannelConfig> senders(ConfigSection section, String name, FileParsers files) {
        List<AlertChannelConfig> senders = new ArrayList<>();
        section.optionalSection("webhook", it -> webhook(name, it, files)).ifPresent(senders::add);
        section.optionalSection("command", it -> command(name, it)).ifPresent(senders::add);
        return senders;
    }

    private Optional<AlertChannelConfig> channel(ConfigSection channel) {
        String name = channel.required("name", ValueParsers.name(), "");
        if (name.equals("log")) {
            channel.problem("name", "log is the log's own name: choose another");
        } else if (!name.isEmpty() && names.put(name, name) != null) {
            channel.problem("name", "is the name of another channel too: " + name);
        }
        List<AlertChannelConfig> kinds = new ArrayList<>();
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

    private static AlertChannelConfig webhook(
            String name, ConfigSection webhook, FileParsers files) {
        return new AlertChannelConfig.Webhook(
                name,
                webhook.required("url", ValueParsers.webAddress(), NOWHERE),
                new SecretReader(files).optional(webhook, "token"),
                timeout(webhook, Duration.ofSeconds(10)));
    }

    private AlertChannelConfig manager(String name, ConfigSection manager) {
        return new AlertChannelConfig.Alertmanager(
                name,
                manager.required("url", ValueParsers.webAddress(), NOWHERE),
                new SecretReader(files).optional(manager, "token"),
                timeout(manager, Duration.ofSeconds(10)));
    }

    private static AlertChannelConfig command(String name, ConfigSection command) {
        List<String> run =
                command.values("run", ValueParsers.text()).stream()
                        .map(LocatedValue::value)
                        .toList();
        if (run.isEmpty()) {
            command.problem(
                    "run",
                    "is missing: write the program and its arguments, as [/usr/bin/page, -v]");
        }
        return new AlertChannelConfig.Command(name, run, timeout(command, Duration.ofSeconds(30)));
    }

    private static Duration timeout(ConfigSection section, Duration usual) {
        return section.value(
                "timeout",
                ValueParsers.duration(Duration.ofMillis(100), Duration.ofMinutes(5)),
                usual);
    }
}
