package org.precertocsp.responder.alert;

import org.precertocsp.responder.task.BackgroundTasks;

/// Raises an alert when a background task fails, and ends it when the task succeeds again.
public record TaskAlerts(Alarm alarm) implements BackgroundTasks.Listener {
    /// The background tasks of a server, including the threads that no task supervises.
    public static BackgroundTasks supervise(Alarm alarm) {
        BackgroundTasks tasks = new BackgroundTasks(new TaskAlerts(alarm));
        tasks.superviseOtherThreads();
        return tasks;
    }

    @Override
    public void failed(String task, String what) {
        alarm.raise(new Incident(Incident.Kind.BACKGROUND_TASK, task, what));
    }

    @Override
    public void recovered(String task) {
        alarm.end(Incident.Kind.BACKGROUND_TASK, task);
    }
}
