package org.precertocsp.responder.reload;

import java.util.List;

/// The result of a reload, each item a text for people.
///
/// @param reloaded applied, whether changed or not
/// @param needsRestart changed in the configuration file, and ignored until the server is restarted
/// @param failed rejected, and why; the previous version stays in use
public record ReloadReport(List<String> reloaded, List<String> needsRestart, List<String> failed) {
    public ReloadReport {
        reloaded = List.copyOf(reloaded);
        needsRestart = List.copyOf(needsRestart);
        failed = List.copyOf(failed);
    }

    public boolean succeeded() {
        return failed.isEmpty();
    }
}
