/** ECR without a repository: all that a tool asks that looks whether there are images to remove. */
import type { AwsService } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService } from '../gateway/json-service.ts';

export function createRegistry(): AwsService {
  return awsJsonService({
    names: ['ecr'],
    targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
    version: '1.1',
    operations: {
      DescribeRepositories({ repositoryNames: names }) {
        if (!Array.isArray(names) || names.length === 0) return { repositories: [] };
        throw new AwsError(
          'RepositoryNotFoundException',
          `The repository with name '${String(names[0])}' does not exist`,
        );
      },
    },
  });
}
