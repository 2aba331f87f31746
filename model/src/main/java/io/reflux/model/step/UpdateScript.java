package io.reflux.model.step;

/**
 * Text of the update. In scope: {@code lr} (learning rate) and {@code t} (number of the update, from 1) as float,
 * {@code like} (a scalar tensor on the device of the weights), and for each {@link ParameterGroup} {@code k} the lists
 * {@code wk} (weights), {@code gk} (their gradients), {@code m0_k} and so on (moments).
 */
final class UpdateScript {

    private final String indent;
    private final StringBuilder text = new StringBuilder();

    UpdateScript(int depth) {
        this.indent = "  ".repeat(depth);
    }

    UpdateScript line(String statement) {
        text.append(indent).append(statement).append('\n');
        return this;
    }

    String text() {
        return text.toString();
    }
}
