package org.precertocsp.responder;

import java.io.IOException;
import java.time.InstantSource;
import org.precertocsp.responder.admin.DiskSpaceMonitor;
import org.precertocsp.responder.alert.AlertChannels;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.alert.TaskAlerts;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.Lifecycle;

/// What watches over the other parts of a server, and so comes before them.
record Supervision(AlertService alerts, BackgroundTasks tasks, DiskSpaceMonitor disk) {
    /// Alerts are stored from here on. They are sent and recorded once the caller starts them, when
    /// what records them is open.
    static Supervision start(ServerConfig config, InstantSource clock, Lifecycle life)
            throws IOException {
        AlertService alerts = life.closeLater(AlertService.open(config.alerts(), clock));
        BackgroundTasks tasks = TaskAlerts.supervise(alerts);
        alerts.deliver(tasks, AlertChannels.of(config.alerts(), clock));
        DiskSpaceMonitor disk =
                DiskSpaceMonitor.of(config.directories(), config.diskSpace(), alerts);
        life.closeLater(
                tasks.every(
                        "disk-space",
                        DiskSpaceMonitor.CHECK_EVERY,
                        DiskSpaceMonitor.CHECK_EVERY,
                        disk::check));
        return new Supervision(alerts, tasks, disk);
    }
}
