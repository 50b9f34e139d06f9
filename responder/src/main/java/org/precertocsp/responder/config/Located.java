package org.precertocsp.responder.config;

import org.snakeyaml.engine.v2.nodes.Node;

/// A value that remembers where it stands, for problems seen only beside other values.
record Located<T>(T value, Node node, String path) {}
