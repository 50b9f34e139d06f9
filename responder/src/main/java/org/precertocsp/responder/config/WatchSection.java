package org.precertocsp.responder.config;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;
import org.precertocsp.responder.intake.ctlog.watch.ListedLogs;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig.Watched;

/// The section `watch`: the logs to follow, named by address and key, or picked from log lists.
final class WatchSection {
    private final FileFormats files;
    private final List<Watched> logs = new ArrayList<>();
    private final List<ListedLogs> lists = new ArrayList<>();
    private final Map<Octets, String> keys = new HashMap<>();

    WatchSection(FileFormats files) {
        this.files = files;
    }

    WatchConfig read(Section watch) {
        Duration second = Duration.ofSeconds(1);
        Duration month = Duration.ofDays(30);
        watch.sections("logs", this::log);
        watch.sections("lists", this::list);
        if (logs.size() > WatchConfig.MAX_LOGS) {
            watch.problem(
                    "%d logs, where at most %d are followed: pick fewer from the lists"
                            .formatted(logs.size(), WatchConfig.MAX_LOGS));
        }
        return new WatchConfig(
                logs,
                lists,
                watch.value(
                        "poll",
                        Formats.duration(second, Duration.ofDays(1)),
                        Duration.ofMinutes(1)),
                watch.value(
                        "maxHeadAge",
                        Formats.duration(Duration.ofMinutes(1), month),
                        Duration.ofHours(26)),
                watch.value("silentAfter", Formats.duration(second, month), Duration.ofHours(1)),
                watch.value(
                        "grace",
                        Formats.duration(Duration.ZERO, Duration.ofDays(1)),
                        Duration.ofMinutes(5)));
    }

    private boolean log(Section log) {
        Optional<URI> url = log.required("url", Formats.logUrl());
        Optional<LogKey> key = log.required("key", files.logKey());
        Optional<String> name = log.optional("name", Formats.text());
        OptionalLong from = from(log);
        if (url.isPresent() && key.isPresent()) {
            String called = name.orElse(url.get().toString());
            LogAddress address = new LogAddress(called, url.get(), key.get(), Optional.empty());
            add(log, new Watched(address, from, false));
        }
        return true;
    }

    private boolean list(Section list) {
        Optional<FileFormats.NamedLogList> listed = list.required("file", files.logList());
        List<String> operators = words(list, "operators");
        List<String> states = words(list, "states");
        List<String> names = words(list, "names");
        OptionalLong from = from(list);
        listed.ifPresent(
                all ->
                        pick(
                                list,
                                all.logs(),
                                new ListedLogs(all.file(), operators, states, names, from)));
        return true;
    }

    private void pick(Section section, List<LogList.Listed> all, ListedLogs list) {
        List<LogList.Listed> picked = all.stream().filter(list::picks).toList();
        if (picked.isEmpty()) {
            section.problem(
                    "picks none of the %d logs of the list: look at its operators, states and names"
                            .formatted(all.size()));
        }
        lists.add(list);
        // Lists overlap, and name logs alike.
        picked.stream()
                .filter(log -> !keys.containsKey(log.key().id()))
                .forEach(log -> add(section, list.watched(log)));
    }

    private static OptionalLong from(Section section) {
        return section.optional("from", Formats.entryNumber())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private static List<String> words(Section section, String key) {
        return section.values(key, Formats.text()).stream().map(Located::value).toList();
    }

    private void add(Section section, Watched watched) {
        LogAddress log = watched.log();
        String same = keys.putIfAbsent(log.key().id(), log.name());
        if (same != null) {
            section.problem("key", "is the key of log " + same + " too: list each log once");
        } else if (logs.stream().anyMatch(other -> other.log().name().equals(log.name()))) {
            section.problem(
                    "another log has the name %s too: give it another name".formatted(log.name()));
        } else {
            logs.add(watched);
        }
    }
}
