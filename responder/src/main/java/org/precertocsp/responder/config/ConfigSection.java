package org.precertocsp.responder.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.config.ConfigSection.MappingEntries.Entry;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// One mapping of the file. Readers request keys; keys that no reader requested are reported as
/// unknown, so the readers are the schema.
final class ConfigSection {
    private static final String TAGS = "tag:yaml.org,2002:";

    private final ParseContext reading;
    private final String path;
    private final Node at;
    private final Map<String, Entry> entries;
    private final Set<String> asked = new TreeSet<>();

    private ConfigSection(ParseContext reading, String path, Node at, Map<String, Entry> entries) {
        this.reading = reading;
        this.path = path;
        this.at = at;
        this.entries = entries;
    }

    /// Reads the whole document.
    static <T> T readRoot(ParseContext reading, Node root, Function<ConfigSection, T> reader) {
        return new ConfigSection(reading, "", root, Map.of()).enter("", root, reader);
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /// Empty if the key is absent, and if its value is wrong, which is then reported.
    <T> Optional<T> optional(String key, ValueParser<T> format) {
        Entry entry = ask(key);
        return entry == null ? Optional.empty() : scalar(entry.value(), pathOf(key), format);
    }

    <T> T value(String key, ValueParser<T> format, T otherwise) {
        return optional(key, format).orElse(otherwise);
    }

    /// @param placeholder returned if the key is absent or wrong: the file is rejected then, but
    ///   the rest of it can still be read
    <T> T required(String key, ValueParser<T> format, T placeholder) {
        return required(key, format).orElse(placeholder);
    }

    /// Empty if the key is absent or wrong, both of which are reported.
    <T> Optional<T> required(String key, ValueParser<T> format) {
        if (!has(key)) {
            reading.problem(at, pathOf(key), "is missing");
        }
        return optional(key, format);
    }

    /// A list of values; one value alone is a list too. Empty if absent.
    <T> List<LocatedValue<T>> values(String key, ValueParser<T> format) {
        Entry entry = ask(key);
        List<LocatedValue<T>> values = new ArrayList<>();
        if (entry != null && entry.value() instanceof SequenceNode list) {
            int position = 0;
            for (Node item : list.getValue()) {
                String where = pathOf(key) + "[" + position++ + "]";
                scalar(item, where, format)
                        .ifPresent(value -> values.add(new LocatedValue<>(value, item, where)));
            }
        } else if (entry != null) {
            scalar(entry.value(), pathOf(key), format)
                    .ifPresent(
                            value ->
                                    values.add(
                                            new LocatedValue<>(value, entry.value(), pathOf(key))));
        }
        return values;
    }

    /// An absent section is read like an empty one: its keys have their defaults.
    <T> T section(String key, Function<ConfigSection, T> reader) {
        Entry entry = ask(key);
        return entry == null
                ? read(new ConfigSection(reading, pathOf(key), at, Map.of()), reader)
                : enter(pathOf(key), entry.value(), reader);
    }

    <T> Optional<T> optionalSection(String key, Function<ConfigSection, T> reader) {
        if (has(key) || reading.entersAbsentSections()) {
            return Optional.of(section(key, reader));
        }
        ask(key);
        return Optional.empty();
    }

    /// A list of sections. Empty if absent.
    <T> List<T> sections(String key, Function<ConfigSection, T> reader) {
        Entry entry = ask(key);
        List<T> read = new ArrayList<>();
        if (entry == null) {
            if (reading.entersAbsentSections()) {
                read.add(
                        read(new ConfigSection(reading, pathOf(key) + "[]", at, Map.of()), reader));
            }
        } else if (entry.value() instanceof SequenceNode list) {
            for (Node item : list.getValue()) {
                read.add(enter(pathOf(key) + "[" + read.size() + "]", item, reader));
            }
        } else {
            reading.problem(
                    entry.value(), pathOf(key), "expects a list: begin each item with \"-\"");
        }
        return read;
    }

    /// True if the key has one value, or a list, instead of keys.
    boolean holdsValue(String key) {
        Entry entry = entries.get(key);
        return entry != null && !(entry.value() instanceof MappingNode) && !isEmpty(entry.value());
    }

    /// Reports a problem with a key's value, or with its absence.
    void problem(String key, String message) {
        Entry entry = ask(key);
        reading.problem(entry == null ? at : entry.value(), pathOf(key), message);
    }

    /// Reports a problem with one value of a list.
    void problem(LocatedValue<?> value, String message) {
        reading.problem(value.node(), value.path(), message);
    }

    /// Reports a problem with the section as a whole.
    void problem(String message) {
        reading.problem(at, path, message);
    }

    private <T> T enter(String where, Node node, Function<ConfigSection, T> reader) {
        Map<String, Entry> inside = Map.of();
        if (node instanceof MappingNode mapping) {
            inside = MappingEntries.of(mapping, where, reading);
        } else if (!isEmpty(node)) {
            reading.problem(node, where, "expects keys below it (see: precert-ocsp config sample)");
        }
        refuseTag(node, where);
        return read(new ConfigSection(reading, where, node, inside), reader);
    }

    private static <T> T read(ConfigSection section, Function<ConfigSection, T> reader) {
        T read = reader.apply(section);
        section.refuseUnknownKeys();
        return read;
    }

    private void refuseUnknownKeys() {
        entries.forEach(
                (key, entry) -> {
                    if (!asked.contains(key)) {
                        reading.problem(
                                entry.key(),
                                pathOf(key),
                                "unknown key; " + SpellingSuggestion.sentence(key, asked));
                    }
                });
    }

    private <T> Optional<T> scalar(Node node, String where, ValueParser<T> format) {
        refuseTag(node, where);
        if (!(node instanceof ScalarNode scalar)) {
            reading.problem(node, where, "expects one value");
            return Optional.empty();
        }
        if (isEmpty(node)) {
            reading.problem(node, where, "has no value: give it one or remove the key");
            return Optional.empty();
        }
        try {
            return Optional.of(format.read(scalar.getValue()));
        } catch (InvalidValueException e) {
            reading.problem(node, where, e.why());
            return Optional.empty();
        }
    }

    private void refuseTag(Node node, String where) {
        String tag = node.getTag().getValue();
        if (!tag.startsWith(TAGS) || tag.equals(TAGS + "binary")) {
            reading.problem(node, where, "tags and ${…} are not read: remove " + tag);
        }
    }

    private static boolean isEmpty(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.isPlain()
                && Set.of("", "~", "null").contains(scalar.getValue());
    }

    private @Nullable Entry ask(String key) {
        asked.add(key);
        reading.asked(pathOf(key));
        return entries.get(key);
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /// A value with its location, for problems that show only when values are compared.
    record LocatedValue<T>(T value, Node node, String path) {}

    /// The keys of one mapping, without duplicates.
    static final class MappingEntries {
        record Entry(Node key, Node value) {}

        private MappingEntries() {}

        static Map<String, Entry> of(MappingNode mapping, String path, ParseContext reading) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                Node key = tuple.getKeyNode();
                if (!(key instanceof ScalarNode scalar)) {
                    reading.problem(key, path, "a key is one word");
                } else if (scalar.getValue().equals("<<")) {
                    reading.problem(
                            key, path, "merge keys (<<) are not read: repeat the keys here");
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
}
