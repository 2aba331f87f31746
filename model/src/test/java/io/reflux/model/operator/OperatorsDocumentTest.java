package io.reflux.model.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.spi.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps the table in docs/operators.md true. */
final class OperatorsDocumentTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("reflux.root"), "docs/operators.md");

    private static final String MARK = "<!-- The rest is written by OperatorsDocumentTest. -->\n";

    private static final String COMMAND = "mvn -o -pl model -am test -Dtest=OperatorsDocumentTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dreflux.write=true";

    @Test
    void document_isWhatTheTableSays() throws IOException {
        String written = Files.readString(DOCUMENT);
        assertThat(written).contains(MARK);
        String expected = written.substring(0, written.indexOf(MARK) + MARK.length()) + table();

        if (Boolean.getBoolean("reflux.write")) {
            Files.writeString(DOCUMENT, expected);
        } else {
            assertThat(written)
                    .as("docs/operators.md is old; write it anew with: %s", COMMAND)
                    .isEqualTo(expected);
        }
    }

    private static String table() {
        List<Operator> operators = Operators.all().stream()
                .sorted(Comparator.comparing(Operator::domain).thenComparing(Operator::type))
                .toList();
        StringBuilder text = new StringBuilder("\n")
                .append(operators.size())
                .append(" operators:\n\n| operator | domain | since | not supported, or supported only so |\n")
                .append("|---|---|---|---|\n");
        for (Operator operator : operators) {
            text.append("| `")
                    .append(operator.type())
                    .append("` | ")
                    .append(operator.domain().isEmpty() ? "ai.onnx" : operator.domain())
                    .append(" | ")
                    .append(versions(operator))
                    .append(" | ")
                    .append(operator.limits().replace("|", "\\|"))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String versions(Operator operator) {
        return operator.domain().isEmpty()
                ? operator.since() + " to " + ModelGraph.MAX_OPSET
                : String.valueOf(operator.since());
    }
}
