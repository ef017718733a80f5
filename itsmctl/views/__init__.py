"""What one definition looks like to a person: pages, drawings and BPMN, made from the definitions alone."""
