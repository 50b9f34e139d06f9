package org.precertocsp.responder.monitor.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.precertocsp.responder.monitor.rule.Judgement;
import org.precertocsp.responder.monitor.rule.Round;
import org.precertocsp.responder.monitor.rule.Ruling;
import org.precertocsp.responder.monitor.rule.Verdict;

/// The report for build servers: JUnit XML with a test suite per serial and a test case per rule.
public final class JunitReport {
    private final XMLStreamWriter xml;

    private JunitReport(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /// Replaces the file.
    public static void write(Round round, Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            XMLStreamWriter xml =
                    XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
            new JunitReport(xml).suites(round);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private void suites(Round round) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        for (Judgement judgement : round.judgements()) {
            suite(judgement);
        }
        if (!round.problems().isEmpty()) {
            problems(round);
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void suite(Judgement judgement) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        attribute("name", judgement.subject().name());
        attribute("hostname", judgement.url());
        attribute("timestamp", judgement.at().toString());
        attribute("tests", judgement.results().size());
        attribute("failures", judgement.count(Verdict.FAIL));
        attribute("skipped", judgement.count(Verdict.NOT_APPLICABLE));
        for (Ruling ruling : judgement.results()) {
            rule(judgement, ruling);
        }
        xml.writeEndElement();
    }

    private void rule(Judgement judgement, Ruling ruling) throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute("classname", judgement.subject().name());
        attribute("name", ruling.rule().id() + " " + ruling.rule().title());
        switch (ruling.verdict()) {
            case FAIL -> {
                xml.writeStartElement("failure");
                attribute("message", ruling.seen());
                attribute("type", ruling.rule().clause());
                xml.writeEndElement();
            }
            case NOT_APPLICABLE -> {
                xml.writeStartElement("skipped");
                attribute("message", ruling.seen());
                xml.writeEndElement();
            }
            case PASS -> output(ruling.seen());
            case WARN -> output("warning: " + ruling.seen());
        }
        xml.writeEndElement();
    }

    private void problems(Round round) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        attribute("name", "could not be asked about");
        attribute("tests", round.problems().size());
        attribute("errors", round.problems().size());
        for (String problem : round.problems()) {
            xml.writeStartElement("testcase");
            attribute("classname", "check");
            attribute("name", problem);
            xml.writeStartElement("error");
            attribute("message", problem);
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private void output(String text) throws XMLStreamException {
        xml.writeStartElement("system-out");
        xml.writeCharacters(legal(text));
        xml.writeEndElement();
    }

    private void attribute(String name, Object value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value.toString()));
    }

    /// XML 1.0 has no way to write control characters, not even escaped.
    private static String legal(String text) {
        return text.replaceAll("[^\\x09\\x0a\\x0d\\x20-\\ud7ff\\ue000-\\ufffd]", "?");
    }
}
