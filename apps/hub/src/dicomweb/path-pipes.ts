/** The parts of a DICOMweb path, parsed before any route sees them: only a known AE and real UIDs go on. */
import { Inject, Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { CENTRE_DIRECTORY, HubError } from '@modelbank/contracts';
import type { CalledAe, CentreDirectory } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import type { Uid } from '@modelbank/dicom';

/** The called AE title gives purpose and parameters, as for an association. */
@Injectable()
export class CalledAePipe implements PipeTransform<string, Promise<CalledAe>> {
  constructor(@Inject(CENTRE_DIRECTORY) private readonly directory: CentreDirectory) {}

  async transform(aeTitle: string): Promise<CalledAe> {
    const calledAe = await this.directory.calledAe(aeTitle);
    if (calledAe !== undefined) return calledAe;
    throw new HubError('CALLED_AE_UNKNOWN', 'the AE title in the path is not one of this hub');
  }
}

export class UidPipe implements PipeTransform<string, Uid> {
  transform(text: string): Uid {
    if (isUid(text)) return text;
    throw new HubError('UID_INVALID', 'a part of the path is not a UID');
  }
}
