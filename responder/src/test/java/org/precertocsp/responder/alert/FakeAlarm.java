package org.precertocsp.responder.alert;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what was raised and what of it has not ended. Thread-safe.
public final class FakeAlarm implements Alarm {
    private final List<Incident> raised = new CopyOnWriteArrayList<>();
    private final Set<String> open = new ConcurrentSkipListSet<>();

    @Override
    public void raise(Incident incident) {
        raised.add(incident);
        open.add(incident.kind() + " " + incident.about());
    }

    @Override
    public void end(Incident.Kind kind, String about) {
        open.remove(kind + " " + about);
    }

    /// All ever raised, in this order.
    public List<Incident> raised() {
        return raised;
    }

    /// Kind and what it is about of each that has not ended.
    public Set<String> open() {
        return open;
    }
}
