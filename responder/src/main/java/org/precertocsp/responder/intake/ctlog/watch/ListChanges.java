package org.precertocsp.responder.intake.ctlog.watch;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig.Watched;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The changes to the followed logs that reloaded log lists require.
///
/// @param picked logs that a list selects now, by log ID
/// @param dropped why a log followed because of a list is no longer selected, by log ID
record ListChanges(Map<Octets, Watched> picked, Map<Octets, String> dropped) {
    private static final Logger LOG = LoggerFactory.getLogger(ListChanges.class);

    /// If one of the lists cannot be read, no log is dropped.
    ///
    /// @param followed IDs of the logs followed because of a list
    static ListChanges read(List<ListedLogs> lists, Set<Octets> followed) {
        Map<Octets, Watched> picked = new LinkedHashMap<>();
        Map<Octets, String> states = new HashMap<>();
        boolean whole = true;
        for (ListedLogs list : lists) {
            try {
                for (LogList.Listed log : ListedLogs.read(list.file())) {
                    states.put(log.key().id(), log.state());
                    if (list.picks(log)) {
                        picked.putIfAbsent(log.key().id(), list.watched(log));
                    }
                }
            } catch (IOException | BadLogKey e) {
                LOG.warn(
                        "log list {} cannot be reloaded, its earlier content stays in effect: {}",
                        list.file(),
                        e.getMessage());
                whole = false;
            }
        }
        Map<Octets, String> dropped = new HashMap<>();
        if (whole) {
            Set<Octets> gone = new HashSet<>(followed);
            gone.removeAll(picked.keySet());
            gone.forEach(id -> dropped.put(id, why(states.get(id))));
        }
        return new ListChanges(picked, dropped);
    }

    private static String why(@Nullable String state) {
        return state == null
                ? "no log list of watch.lists contains it any more"
                : "its state in the log list is now '%s'".formatted(state);
    }
}
