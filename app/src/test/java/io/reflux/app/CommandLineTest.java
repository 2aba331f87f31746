package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.app.console.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void version_asked_namesTheProgramAndItsJava() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("reflux ").contains("Java " + Runtime.version());
    }

    @Test
    void noCommand_atAll_isUsageError() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .startsWith("reflux: no command (expected: one of ")
                .contains("Try 'reflux --help'.");
    }

    @Test
    void help_ofTheProgram_namesEveryCommandAndTheExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("quickstart", "teacher", "train", "evaluate", "quantize", "inspect")
                .contains("the run failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quickstart", "teacher", "train", "evaluate", "quantize", "inspect"})
    void help_ofACommand_hasExamplesAndExitCodes(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("Usage: reflux " + command)
                .contains("Example")
                .contains("Exit codes:")
                .contains("--verbose");
    }

    @Test
    void command_misspelt_suggestsTheRightOne() {
        assertThat(run("trian")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("trian").contains("Did you mean").contains("train");
    }

    @Test
    void option_misspelt_suggestsTheRightOne() {
        assertThat(run("inspect", "--jsn", "model.onnx")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("reflux: ").contains("--jsn").contains("--json");
    }

    @Test
    void file_missing_isOneLineAndNoStackTrace() {
        assertThat(run("inspect", "no-such.onnx")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("reflux: no-such.onnx: ");
    }

    @Test
    void file_missingButVerbose_hasTheStackTrace() {
        assertThat(run("--verbose", "inspect", "no-such.onnx")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("\tat io.reflux.");
    }

    private int run(String... args) {
        return Reflux.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
