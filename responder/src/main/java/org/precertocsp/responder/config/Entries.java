package org.precertocsp.responder.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// The keys of one mapping, each there once.
final class Entries {
    record Entry(Node key, Node value) {}

    private Entries() {}

    static Map<String, Entry> of(MappingNode mapping, String path, Reading reading) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                reading.problem(key, path, "a key is one word");
            } else if (scalar.getValue().equals("<<")) {
                reading.problem(key, path, "merge keys (<<) are not read: repeat the keys here");
            } else {
                Entry before =
                        entries.putIfAbsent(
                                scalar.getValue(), new Entry(key, tuple.getValueNode()));
                if (before != null) {
                    reading.problem(key, path, twice(scalar.getValue(), before));
                }
            }
        }
        return entries;
    }

    private static String twice(String key, Entry before) {
        int line = before.key().getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        return "%s is here twice, first on line %d: remove one".formatted(key, line);
    }
}
