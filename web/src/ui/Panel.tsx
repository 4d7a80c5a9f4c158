import { QueryErrorResetBoundary } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { ProblemNote } from './Note';

interface Props {
  /** What could not be shown, for example "The overview could not be drawn". */
  failed: string;
  children: ReactNode;
}

class Boundary extends Component<Props & { reset: () => void }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <ProblemNote
        title={this.props.failed}
        error={error}
        retry={() => {
          this.props.reset();
          this.setState({ error: null });
        }}
      />
    );
  }
}

/** A part of the page that may fail alone: the rest and the navigation keep working. */
export function Panel({ failed, children }: Props) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <Boundary failed={failed} reset={reset}>
          {children}
        </Boundary>
      )}
    </QueryErrorResetBoundary>
  );
}
