package org.precertocsp.responder.ctlog;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.ctlog.CtLogConfig.Watched;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The changes to the followed logs that reloaded log lists require.
///
/// @param picked logs that a list selects now, by log ID
/// @param dropped why a log followed because of a list is no longer selected, by log ID
record LogListChanges(Map<ByteString, Watched> picked, Map<ByteString, String> dropped) {
    private static final Logger LOG = LoggerFactory.getLogger(LogListChanges.class);

    /// If one of the lists cannot be read, no log is dropped.
    ///
    /// @param followed IDs of the logs followed because of a list
    static LogListChanges read(List<LogListSelection> lists, Set<ByteString> followed) {
        Map<ByteString, Watched> picked = new LinkedHashMap<>();
        Map<ByteString, String> states = new HashMap<>();
        boolean whole = true;
        for (LogListSelection list : lists) {
            try {
                for (LogList.Listed log : LogListSelection.read(list.file())) {
                    states.put(log.key().id(), log.state());
                    if (list.picks(log)) {
                        picked.putIfAbsent(log.key().id(), list.watched(log));
                    }
                }
            } catch (IOException | InvalidLogKeyException e) {
                LOG.warn(
                        "log list {} cannot be reloaded, its earlier content stays in effect: {}",
                        list.file(),
                        e.getMessage());
                whole = false;
            }
        }
        Map<ByteString, String> dropped = new HashMap<>();
        if (whole) {
            Set<ByteString> gone = new HashSet<>(followed);
            gone.removeAll(picked.keySet());
            gone.forEach(id -> dropped.put(id, why(states.get(id))));
        }
        return new LogListChanges(picked, dropped);
    }

    private static String why(@Nullable String state) {
        return state == null
                ? "no log list of watch.lists contains it any more"
                : "its state in the log list is now '%s'".formatted(state);
    }
}
