/// The configuration file: YAML to records, with every error reported together with its line.
///
/// Start at [ConfigReader][ConfigReader]: it reads a file into a [ServerConfig][ServerConfig],
/// which is made of the config records of the other packages. One reader class for each section
/// checks values and reports problems.
///
/// The hard idea is that the readers are the schema. `ConfigSection` remembers which keys a reader
/// requested; all others in the file are unknown keys. The same pass over an empty document, with
/// all absent sections entered, lists every key there is, so a test can compare that list with
/// `sample.yaml`. Nothing stops at the first problem: a reader takes a placeholder for a wrong
/// value and goes on, and the configuration is rejected at the end with all problems.
///
/// `sample.yaml` is the documentation of all keys. [SampleConfig][SampleConfig] makes the sample
/// for operators from it by commenting out all keys that need not be set, so the two cannot differ.
@NullMarked
package org.precertocsp.responder.config;

import org.jspecify.annotations.NullMarked;
